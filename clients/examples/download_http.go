// SLUICE_TOKEN=… go run download_http.go URL FILE: downloads with net/http, resumes after every interruption.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

// A client without a timeout for the whole response: a download takes as long as it takes. The
// transport limits the time up to the header.
var client = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 30 * time.Second}}

// attempt sends one request. done: the file is complete. wait: how long before the next attempt;
// negative when another attempt is of no use.
func attempt(url, token, path string) (done bool, wait time.Duration, err error) {
	part, tag := path+".part", path+".etag"
	var have int64
	etag, _ := os.ReadFile(tag)
	if len(etag) > 0 {
		have = sizeOf(part)
	}
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return false, -1, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		request.Header.Set("If-Range", string(etag))
	}
	response, err := client.Do(request)
	if err != nil {
		return false, time.Second, err
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case 200:
		have = 0
		if err := os.WriteFile(part, nil, 0o644); err != nil {
			return false, -1, err
		}
		if err := os.WriteFile(tag, []byte(response.Header.Get("ETag")), 0o644); err != nil {
			return false, -1, err
		}
	case 206:
	case 416:
		return response.Header.Get("Content-Range") == fmt.Sprintf("bytes */%d", have), -1, fmt.Errorf("HTTP 416")
	case 408, 429, 500, 502, 503, 504:
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		return false, time.Duration(max(1, seconds)) * time.Second, fmt.Errorf("HTTP %d", response.StatusCode)
	default:
		return false, -1, fmt.Errorf("HTTP %d", response.StatusCode)
	}
	file, err := os.OpenFile(part, os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return false, -1, err
	}
	defer file.Close()
	// io.Copy reports a body that ends early: io.ErrUnexpectedEOF.
	if _, err := io.Copy(file, response.Body); err != nil {
		return false, time.Second / 2, err
	}
	return true, 0, nil
}

func sizeOf(path string) int64 {
	if info, err := os.Stat(path); err == nil {
		return info.Size()
	}
	return 0
}

func max(a, b int) int {
	if a > b {
		return a
	}
	return b
}

func main() {
	url, path, token := os.Args[1], os.Args[2], os.Getenv("SLUICE_TOKEN")
	var last error
	for failures := 0; failures < 8; failures++ { // in a row, without a byte in between
		before := sizeOf(path + ".part")
		done, wait, err := attempt(url, token, path)
		if done {
			if err := os.Rename(path+".part", path); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Remove(path + ".etag")
			return
		}
		last = err
		if wait < 0 {
			break
		}
		time.Sleep(wait << failures / 2)
		if sizeOf(path+".part") > before {
			failures = -1
		}
	}
	fmt.Fprintln(os.Stderr, last)
	os.Exit(1)
}

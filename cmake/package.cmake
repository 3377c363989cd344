# The Debian package, built by CPack (scripts/package). Paths are those of an installed system.

install(TARGETS sluice DESTINATION usr/bin)
install(FILES deploy/debian/sluice.json deploy/debian/catalogue.json DESTINATION etc/sluice)
install(FILES deploy/logrotate/sluice DESTINATION etc/logrotate.d)
install(FILES deploy/systemd/tmpfiles.conf DESTINATION usr/lib/tmpfiles.d RENAME sluice.conf)
install(FILES deploy/systemd/sluice.service deploy/systemd/sluice.socket
  DESTINATION lib/systemd/system)
install(FILES deploy/debian/copyright DESTINATION usr/share/doc/sluice)
install(FILES docs/operations.md docs/configuration.md docs/api.md docs/page.md docs/objects.md DESTINATION usr/share/doc/sluice)
install(DIRECTORY deploy/haproxy deploy/nginx deploy/grafana deploy/prometheus
  DESTINATION usr/share/doc/sluice/examples)
# The download page, off until web.root names it; its list is the operator's.
install(DIRECTORY web/dist/ DESTINATION usr/share/sluice/page)
install(CODE "file(CREATE_LINK /etc/sluice/catalogue.json
  \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/usr/share/sluice/page/catalogue.json\" SYMBOLIC)")
# Written by scripts/package: manual pages and change log, compressed as Debian policy requires.
install(DIRECTORY "${CMAKE_BINARY_DIR}/package/" DESTINATION usr/share)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY "${CMAKE_BINARY_DIR}")
set(CPACK_PACKAGE_CONTACT "The maintainers of Sluice <maintainers@sluice.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "download gateway with tokens for single files")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
  "Sluice issues short-lived tokens (JWT), each valid for one file, and serves\nthat file to the holder of the token: resumable, with ranges, at high\nconcurrency, behind a load balancer.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION httpd)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, logrotate")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  "${CMAKE_SOURCE_DIR}/deploy/debian/postinst;${CMAKE_SOURCE_DIR}/deploy/debian/prerm;${CMAKE_SOURCE_DIR}/deploy/debian/postrm;${CMAKE_SOURCE_DIR}/deploy/debian/conffiles")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
include(CPack)

<?php
// What a web server in front of DAViCal does: the path after /caldav.php is an argument.
error_reporting(E_ERROR);
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (str_starts_with($path, '/.well-known/')) {
    header('Location: /caldav.php/', true, 301);
    return true;
}
if (!preg_match('#^/caldav\.php(/.*)?$#', $path, $parts)) {
    return false;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/caldav.php';
$_SERVER['PATH_INFO'] = rawurldecode($parts[1] ?? '/');
chdir('/usr/share/davical/htdocs');
require '/usr/share/davical/htdocs/caldav.php';

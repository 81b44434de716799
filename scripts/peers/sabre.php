<?php
// sabre/dav 1.8 with its sample database in the current directory, for one user.
error_reporting(E_ERROR);
date_default_timezone_set('UTC');

const USER = 'alice';
const PASSWORD = 'wonderland';
const SAMPLES = '/usr/share/doc/php-sabre-dav/examples/sql';

function database(): PDO
{
    $file = getcwd() . '/sabre.sqlite';
    $is_new = !file_exists($file);
    $database = new PDO("sqlite:$file");
    $database->setAttribute(PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION);
    if ($is_new) {
        foreach (['calendars', 'principals', 'users', 'locks', 'addressbooks'] as $table) {
            $database->exec(file_get_contents(SAMPLES . "/sqlite.$table.sql"));
        }
        $database->exec("update principals set uri = replace(uri, 'admin', '" . USER . "')");
    }
    return $database;
}

require_once 'Sabre/autoload.php';

class OneUser extends Sabre\DAV\Auth\Backend\AbstractBasic
{
    protected function validateUserPass($name, $password)
    {
        return $name === USER && $password === PASSWORD;
    }
}

$database = database();
$principals = new Sabre\DAVACL\PrincipalBackend\PDO($database);
$calendars = new Sabre\CalDAV\Backend\PDO($database);
$server = new Sabre\DAV\Server([
    new Sabre\CalDAV\Principal\Collection($principals),
    new Sabre\CalDAV\CalendarRootNode($principals, $calendars),
]);
$server->setBaseUri('/');
$server->addPlugin(new Sabre\DAV\Auth\Plugin(new OneUser(), 'SabreDAV'));
$server->addPlugin(new Sabre\DAVACL\Plugin());
$server->addPlugin(new Sabre\CalDAV\Plugin());
$server->exec();

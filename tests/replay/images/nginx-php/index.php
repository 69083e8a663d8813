<?php
// A small web shop: it answers with every part that does not work.
$told = parse_ini_file('/opt/shop/app.conf', false, INI_SCANNER_RAW);
$found = [];
foreach (['runtime', 'export'] as $role) {
    if (!extension_loaded($told[$role])) {
        $found[] = "$role is missing: {$told[$role]}";
    }
}
try {
    $store = new Redis();
    $store->connect('127.0.0.1', 6379);
    $store->auth(['app', $told['password']]);
    $store->get('orders');
} catch (RedisException $refused) {
    $found[] = 'login failed for user app: ' . $refused->getMessage();
}
http_response_code($found ? 503 : 200);
echo $found ? implode("\n", $found) : 'OK';

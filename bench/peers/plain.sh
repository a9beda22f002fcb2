# Fronts that only pass requests on, and the upstream behind them all. To be sourced after lib.sh.
# pid[NAME] and url[NAME] are a front's process and address.
declare -A pid url

start_upstream() {
    upstream=127.0.0.1:$(free_port)
    start upstream "$upstream_core" dotnet "$root/bench/upstream/bin/Release/net10.0/Gatehouse.Upstream.dll" --urls "http://$upstream"
    await "http://$upstream/" upstream
}

start_peer_yarp() {
    local at=127.0.0.1:$(free_port)
    start yarp "$core" dotnet "$root/bench/peers/Yarp/bin/Release/net10.0/Gatehouse.Yarp.dll" --urls "http://$at" --upstream "http://$upstream"
    pid[yarp]=$started url[yarp]=http://$at/bench/hello
}

start_peer_nginx() {
    local at=127.0.0.1:$(free_port)
    cat >"$work/nginx.conf" <<CONF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log stderr warn;
events { worker_connections 1024; }
http {
    access_log off; keepalive_requests 1000000000;
    client_body_temp_path $work/nginx-body; proxy_temp_path $work/nginx-proxy; fastcgi_temp_path $work/nginx-fastcgi;
    uwsgi_temp_path $work/nginx-uwsgi; scgi_temp_path $work/nginx-scgi;
    upstream up { server $upstream; keepalive 256; keepalive_requests 1000000000; }
    server {
        listen $at;
        location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; }
    }
}
CONF
    start nginx "$core" nginx -c "$work/nginx.conf"
    pid[nginx]=$started url[nginx]=http://$at/bench/hello
}

start_peer_haproxy() {
    local at=127.0.0.1:$(free_port)
    cat >"$work/haproxy.cfg" <<CONF
global
    nbthread 1
    maxconn 1024
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    http-reuse always
frontend in
    bind $at
    default_backend up
backend up
    server one $upstream
CONF
    start haproxy "$core" haproxy -db -f "$work/haproxy.cfg"
    pid[haproxy]=$started url[haproxy]=http://$at/bench/hello
}

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";

/** Whether nginx is installed; Debian has it as `nginx-light`. */
export const hasNginx = spawnSync("nginx", ["-v"]).status === 0;

export interface NginxOptions {
  readonly folder: string;
  readonly port: number;
  readonly upstreamPort: number;
}

/** The command of an nginx of one process that passes everything on, over connections that stay open. */
export function nginxProxy({ folder, port, upstreamPort }: NginxOptions): readonly string[] {
  const file = path.join(folder, "nginx.conf");
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  upstream items { server 127.0.0.1:${upstreamPort}; keepalive 256; }
  server {
    listen 127.0.0.1:${port};
    keepalive_requests 1000000;
    location / { proxy_pass http://items; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Forwarded-For $remote_addr; }
  }
}
`,
  );
  // It says nothing when it is ready; the caller waits until it can be reached.
  return ["sh", "-c", `echo ready; exec nginx -c ${file}`];
}

/** A cell has ten servers: one edge, two for the web, two for a database, five for applications. */
const SERVERS_PER_CELL = 10;
const APPLICATION_SERVERS = [5, 6, 7, 8, 9];
const digest = `sha256:${'1'.repeat(64)}`;
const health = '{ http: /health }';

/** Gives the YAML of a right environment with so many servers and services: whole cells, at least one; the same text each time. */
export function generateFleet({ servers, services }: { readonly servers: number; readonly services: number }): string {
  const cells = Math.max(1, Math.floor(servers / SERVERS_PER_CELL));
  const applications = Math.floor(services / cells) - 3;
  const range = Array.from({ length: cells }, (_, cell) => cell);
  return [
    'environment: bench',
    'servers:',
    ...range.flatMap(cellServers),
    'services:',
    ...range.flatMap((cell) => cellServices(cell, applications)),
    'backups:',
    '  nightly: { at: "02:00", keep: { daily: 7 } }',
    '',
  ].join('\n');
}

/** Gives the secrets file of a generated fleet: the form of SOPS, with nothing behind it. */
export function generateSecrets({ servers }: { readonly servers: number }): string {
  const cells = Math.max(1, Math.floor(servers / SERVERS_PER_CELL));
  const names = ['guard', 'owner-main', 'replication', 'superuser'];
  const lines = Array.from({ length: cells }, (_, cell) =>
    names.map((name) => `database-${cell}-${name}: ENC[AES256_GCM,data:${cell},iv:x,tag:x,type:str]`),
  );
  return `${lines.flat().join('\n')}\nsops: {}\n`;
}

function cellServers(cell: number): readonly string[] {
  return Array.from({ length: SERVERS_PER_CELL }, (_, index) => {
    const host = `10.${Math.floor(cell / 250)}.${cell % 250}.${index + 10}`;
    return `  ${server(cell, index)}: { host: ${host}, cpus: 64, memory: 512GiB, disk: 2TiB }`;
  });
}

function cellServices(cell: number, applications: number): readonly string[] {
  const database = [
    `  database-${cell}:`,
    `    { kind: postgres, image: "postgres:17.6@${digest}", primary: ${server(cell, 3)}, replicas: [${server(cell, 4)}],`,
    `      databases: [main], memory: 8GiB, backup: nightly }`,
  ];
  return [
    `  edge-${cell}: { kind: haproxy, image: "haproxy:3.2@${digest}", on: [${server(cell, 0)}], memory: 512MiB,`,
    `      public: [80], routes: { /: web-${cell} } }`,
    `  web-${cell}: { kind: nginx, image: "nginx:1.28@${digest}", on: [${server(cell, 1)}, ${server(cell, 2)}],`,
    `      memory: 256MiB, port: 80, routes: { /: app-${cell}-0 }, health: ${health} }`,
    ...database,
    ...Array.from({ length: applications }, (_, index) => application(cell, index)).flat(),
  ];
}

function application(cell: number, index: number): readonly string[] {
  const home = APPLICATION_SERVERS[index % APPLICATION_SERVERS.length] ?? 0;
  return [
    `  app-${cell}-${index}: { kind: app, image: "ghcr.io/example/app:1.0.0@${digest}", on: [${server(cell, home)}],`,
    `      memory: 256MiB, port: ${3000 + index}, health: ${health}, uses: [{ service: database-${cell}, as: DB }] }`,
  ];
}

function server(cell: number, index: number): string {
  return `c${cell}s${index}`;
}

import type { Host } from './host.ts';

/** What a name server answers. */
export interface NameRecords {
  /** Addresses of a host: A and AAAA. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  /** SRV (RFC 2782). */
  readonly services?: ReadonlyArray<{ readonly name: string; readonly target: string; readonly port: number; readonly priority: number }>;
  /** NAPTR (RFC 3403) of the kind that RFC 3263 §4.1 asks for: the next thing to look up is an SRV record. */
  readonly pointers?: ReadonlyArray<{ readonly name: string; readonly order: number; readonly service: string; readonly replacement: string }>;
}

/** Starts dnsmasq on `host`, which knows these records and asks nobody else, and resolves when it answers. It ends with its network. */
export async function startNameServer(host: Host, { hosts = {}, services = [], pointers = [] }: NameRecords): Promise<void> {
  const server = host.start('dnsmasq', [
    '--keep-in-foreground', '--conf-file=/dev/null', '--no-hosts', '--no-resolv', '--user=root', '--pid-file=', '--log-facility=-', '--bind-interfaces', `--listen-address=${host.address}`,
    ...Object.entries(hosts).map(([name, addresses]) => `--host-record=${[name, ...addresses].join(',')}`),
    ...services.map(({ name, target, port, priority }) => `--srv-host=${[name, target, port, priority].join(',')}`),
    ...pointers.map(({ name, order, service, replacement }) => `--naptr-record=${[name, order, 10, 's', service, '', replacement].join(',')}`),
  ]);
  await server.line(/started, version/);
}

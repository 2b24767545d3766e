import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dtls, DtlsAssociation, DtlsConnected, DtlsStep } from './dtls.ts';
import { loadDtls } from './load-dtls.ts';

/** The kernel; a test that needs it is a `nativeTest`. */
export function openDtls(): Dtls {
  const loaded = loadDtls();
  assert.ok(loaded.kind === 'loaded');
  return loaded.exports;
}

export interface TestCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A self-signed certificate, made by the openssl program. */
export function makeCertificate(key: readonly string[] = ['ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-dtls-'));
  const [certificateFile, keyFile] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  execFileSync('openssl', ['req', '-x509', '-nodes', '-subj', '/CN=test', '-days', '30', '-newkey', ...key, '-keyout', keyFile, '-out', certificateFile], { stdio: 'ignore' });
  const made = { certificate: readFileSync(certificateFile, 'utf8'), privateKey: readFileSync(keyFile, 'utf8') };
  rmSync(folder, { recursive: true });
  return made;
}

/** What happens to datagrams between two associations: which of them arrive, in which order. */
export type Path = (datagrams: readonly Uint8Array[]) => readonly Uint8Array[];

interface End {
  readonly association: DtlsAssociation;
  last: DtlsStep;
  readonly inbox: Uint8Array[];
}

/** Client and server with a line between them. */
export class TestDtlsLine {
  readonly client: End;
  readonly server: End;
  private readonly path: Path;
  datagrams = 0;

  constructor(client: DtlsAssociation, server: DtlsAssociation, path: Path = (datagrams) => datagrams) {
    this.path = path;
    this.client = { association: client, last: client.start(), inbox: [] };
    this.server = { association: server, last: server.start(), inbox: [] };
    this.send(this.client, this.server);
  }

  /** Carries datagrams until nothing is on its way. */
  run(): this {
    for (;;) {
      const [from, to] = this.client.inbox.length > 0 ? [this.client, this.server] : [this.server, this.client];
      const datagram = from.inbox.shift();
      if (datagram === undefined) return this;
      from.last = from.association.feed(datagram);
      this.send(from, to);
    }
  }

  /** Waits for the timer that is due first and fires it. */
  async fireTimeout(): Promise<void> {
    const ends = [this.client, this.server].filter(({ last }) => last.timeoutMs !== undefined);
    const first = ends.toSorted((a, b) => (a.last.timeoutMs ?? 0) - (b.last.timeoutMs ?? 0))[0];
    assert.ok(first !== undefined, 'nothing is pending');
    await new Promise((resolve) => setTimeout(resolve, first.last.timeoutMs));
    first.last = first.association.handleTimeout();
    this.send(first, first === this.client ? this.server : this.client);
  }

  get isConnected(): boolean {
    return this.client.last.state.kind === 'connected' && this.server.last.state.kind === 'connected';
  }

  /** Both agree on keys, and each knows the other. */
  assertAgreed(): { readonly client: DtlsConnected; readonly server: DtlsConnected } {
    const [client, server] = [this.client.last.state, this.server.last.state];
    assert.ok(client.kind === 'connected' && server.kind === 'connected', `${client.kind}, ${server.kind}`);
    assert.equal(client.profile, server.profile);
    assert.deepEqual(client.keyingMaterial, server.keyingMaterial);
    return { client, server };
  }

  destroy(): void {
    this.client.association.destroy();
    this.server.association.destroy();
  }

  private send(from: End, to: End): void {
    for (const datagram of from.last.datagrams) assert.ok(datagram.length <= 1200, `a datagram of ${datagram.length} bytes`);
    this.datagrams += from.last.datagrams.length;
    to.inbox.push(...this.path(from.last.datagrams));
  }
}

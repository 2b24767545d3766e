/** The openssl program at the other end, over real sockets: both roles, each profile. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { nativeTest } from '../test-kernels.ts';
import { keyingMaterialBytes, srtpProfile } from '../srtp/srtp-profile.ts';
import type { DtlsAssociation, DtlsIdentity, DtlsState, DtlsStep } from './dtls.ts';
import { makeCertificate, openDtls } from './test-dtls.ts';

const names = [['SRTP_AEAD_AES_256_GCM', srtpProfile.aeadAes256Gcm], ['SRTP_AEAD_AES_128_GCM', srtpProfile.aeadAes128Gcm], ['SRTP_AES128_CM_SHA1_80', srtpProfile.aes128CmSha1_80]] as const;

/** An association with a socket and its timer. */
class LiveAssociation {
  readonly socket: Socket;
  state: DtlsState = { kind: 'handshaking' };
  private readonly association: DtlsAssociation;
  private readonly changed = new EventEmitter();
  private peerPort: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(t: TestContext, socket: Socket, association: DtlsAssociation, peerPort = 0) {
    this.socket = socket;
    this.association = association;
    this.peerPort = peerPort;
    socket.on('message', (datagram, { port }) => {
      this.peerPort = port;
      this.take(association.feed(datagram));
    });
    t.after(() => {
      clearTimeout(this.timer);
      socket.close();
      association.destroy();
    });
    this.take(association.start());
  }

  async until(kind: DtlsState['kind']): Promise<DtlsState> {
    while (this.state.kind !== kind) await once(this.changed, 'state');
    return this.state;
  }

  private take({ datagrams, state, timeoutMs }: DtlsStep): void {
    clearTimeout(this.timer);
    for (const datagram of datagrams) this.socket.send(datagram, this.peerPort, '127.0.0.1');
    if (timeoutMs !== undefined) this.timer = setTimeout(() => this.take(this.association.handleTimeout()), timeoutMs);
    this.state = state;
    this.changed.emit('state');
  }
}

/** An openssl program and everything it has printed. */
class OpensslProgram {
  readonly process: ChildProcess;
  private output = '';

  constructor(t: TestContext, words: readonly string[]) {
    this.process = spawn('openssl', words, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.process.stdout?.on('data', (chunk) => (this.output += String(chunk)));
    t.after(() => this.process.kill());
  }

  /** The first group of the pattern, once the output has it. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found[1] ?? '';
      if (this.process.stdout !== null) await once(this.process.stdout, 'data');
    }
  }
}

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => void socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

/** Words that give the program a certificate. */
function identityWords(t: TestContext): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-dtls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { certificate, privateKey } = makeCertificate();
  writeFileSync(join(folder, 'certificate.pem'), certificate);
  writeFileSync(join(folder, 'key.pem'), privateKey);
  return ['-cert', join(folder, 'certificate.pem'), '-key', join(folder, 'key.pem')];
}

function openIdentity(): DtlsIdentity {
  const { certificate, privateKey } = makeCertificate();
  return openDtls().openIdentity(certificate, privateKey);
}

/** Words for a program that speaks DTLS 1.2 and prints what it exports: as many bytes as SRTP takes. */
const exporting = (bytes: number): readonly string[] => ['-dtls1_2', '-mtu', '1200', '-keymatexport', 'EXTRACTOR-dtls_srtp', '-keymatexportlen', String(bytes)];
const material = /Keying material: ([0-9A-F]+)\n/;

function assertSameKeys(state: DtlsState, profile: number, printed: string): void {
  assert.ok(state.kind === 'connected');
  assert.equal(state.profile, profile);
  assert.equal(Buffer.from(state.keyingMaterial).toString('hex').toUpperCase(), printed);
}

nativeTest('dtls', 'openssl s_client connects to us with each profile and has the same keys', async (t) => {
  const identity = openIdentity();
  for (const [name, profile] of names) {
    const live = new LiveAssociation(t, await openSocket(), identity.openAssociation('server'));
    const words = ['-use_srtp', name, '-connect', `127.0.0.1:${live.socket.address().port}`, ...exporting(keyingMaterialBytes(profile))];
    const program = new OpensslProgram(t, ['s_client', ...words, ...identityWords(t)]);
    assertSameKeys(await live.until('connected'), profile, await program.until(material));
  }
});

nativeTest('dtls', 'we connect to openssl s_server with each profile and have the same keys', async (t) => {
  const identity = openIdentity();
  for (const [name, profile] of names) {
    const words = ['-use_srtp', name, '-accept', '127.0.0.1:0', '-Verify', '1', ...exporting(keyingMaterialBytes(profile))];
    const program = new OpensslProgram(t, ['s_server', ...words, ...identityWords(t)]);
    const port = Number(await program.until(/ACCEPT .*:(\d+)\n/));
    const live = new LiveAssociation(t, await openSocket(), identity.openAssociation('client'), port);
    assertSameKeys(await live.until('connected'), profile, await program.until(material));
  }
});

nativeTest('dtls', 'a peer without use_srtp, or without a certificate, is refused', async (t) => {
  const identity = openIdentity();
  const attempts = [
    { words: identityWords(t), because: 'the peer has no SRTP profile in common (use_srtp)' },
    { words: ['-use_srtp', names[0][0]], because: 'peer did not return a certificate' },
  ];
  for (const { words, because } of attempts) {
    const live = new LiveAssociation(t, await openSocket(), identity.openAssociation('server'));
    const program = new OpensslProgram(t, ['s_client', '-dtls1_2', '-connect', `127.0.0.1:${live.socket.address().port}`, ...words]);
    assert.deepEqual(await live.until('failed'), { kind: 'failed', because });
    assert.notEqual(program.process.pid, undefined);
  }
});

nativeTest('dtls', 'a peer that asks for another handshake is refused, and until it gives up nothing changes', async (t) => {
  const live = new LiveAssociation(t, await openSocket(), openIdentity().openAssociation('server'));
  const program = new OpensslProgram(t, ['s_client', '-use_srtp', names[0][0], '-connect', `127.0.0.1:${live.socket.address().port}`, ...exporting(32), ...identityWords(t)]);
  await program.until(material);
  const before = live.state;
  assert.equal(before.kind, 'connected');
  program.process.stdin?.write('R\n');
  await once(live.socket, 'message');
  assert.equal(live.state, before);
  const [code] = await once(program.process, 'exit');
  assert.equal(code, 1, 'openssl gives up');
});

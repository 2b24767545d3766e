import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { get as getHttps } from 'node:https';
import { connect as connectTcp, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { issueAuthority, issueServerCertificate, type IssuedPair } from '../certificates/issue-certificate.ts';
import { serverCertificate, type ServerCertificate } from '../certificates/server-certificate.ts';
import { createTlsPort, type TlsPort, type TlsPortOptions } from './tls-port.ts';

const authority: IssuedPair = await issueAuthority('Test CA', Date.now());

async function certificateFor(name: string): Promise<ServerCertificate> {
  const issued = await issueServerCertificate(authority, { dnsNames: [name], ipAddresses: ['127.0.0.1'] }, Date.now());
  return serverCertificate('development', issued.certificatePem, issued.privateKeyPem, name);
}

type TakeRelayStream = NonNullable<TlsPortOptions['takeRelayStream']>;

async function start(t: TestContext, timeouts: ServerOptions = {}, takeRelayStream?: TakeRelayStream): Promise<{ tlsPort: TlsPort; port: number; http1: Server }> {
  const http1 = createServer(timeouts, (request, response) => response.end(request.httpVersion));
  await once(http1.listen(0, '127.0.0.1'), 'listening');
  const tlsPort = createTlsPort({ certificate: await certificateFor('first.example'), handleHttp2: (request, response) => response.end(request.httpVersion), http1, ...(takeRelayStream !== undefined && { takeRelayStream }) });
  const port = await tlsPort.listen(0, '127.0.0.1');
  t.after(async () => {
    tlsPort.destroyConnections();
    http1.close();
    http1.closeAllConnections();
    await tlsPort.close();
  });
  return { tlsPort, port, http1 };
}

async function text(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let whole = '';
  for await (const chunk of stream) whole += String(chunk);
  return whole;
}

async function overHttp2(session: ClientHttp2Session): Promise<string> {
  const stream = session.request({ ':path': '/' });
  stream.setEncoding('utf8');
  return text(stream);
}

async function handshake(port: number, options: { ALPNProtocols?: string[] } = {}): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

test('HTTP/2 and HTTP/1.1 are served on the one port, by what ALPN chose', async (t) => {
  const { port } = await start(t);
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.certificatePem });
  assert.equal(await overHttp2(session), '2.0');
  session.close();
  const [response] = (await once(getHttps({ port, host: '127.0.0.1', ca: authority.certificatePem, agent: false }), 'response')) as [IncomingMessage];
  assert.equal(await text(response), '1.1');
  const withoutAlpn = await handshake(port);
  withoutAlpn.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.match(await text(withoutAlpn), /1\.1$/);
});

test('what begins like STUN goes to the relay with its first byte, also when ALPN says so, and what begins like HTTP does not', async (t) => {
  const streams = Array<string>();
  const { port } = await start(t, {}, ({ stream, remoteAddress, remotePort }) => {
    streams.push(`${remoteAddress} ${remotePort > 0}`);
    stream.pipe(stream);
  });
  for (const options of [{}, { ALPNProtocols: ['stun.turn'] }, { ALPNProtocols: ['stun.nat-discovery'] }, { ALPNProtocols: ['http/1.1', 'stun.turn', 'stun.nat-discovery'] }]) {
    for (const message of [Buffer.from([0x00, 0x01, 0x00, 0x00]), Buffer.from([0x01, 0x01, 0x00, 0x00])]) {
      const socket = await handshake(port, options);
      for (const byte of message) await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
      socket.end();
      const echoed: Buffer[] = [];
      for await (const chunk of socket) echoed.push(chunk as Buffer);
      assert.deepEqual(Buffer.concat(echoed), message);
    }
    const http = await handshake(port, options);
    http.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.match(await text(http), /1\.1$/);
  }
  assert.deepEqual(streams, Array(8).fill('127.0.0.1 true'));
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.certificatePem });
  assert.equal(await overHttp2(session), '2.0');
  session.close();
});

test('openssl speaks to the relay as to HTTP', async (t) => {
  const { port } = await start(t, {}, ({ stream }) => stream.end('relay'));
  const ask = async (input: string): Promise<string> => {
    const client = promisify(execFile)('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-quiet', '-ign_eof']);
    client.child.stdin?.end(input);
    return (await client).stdout;
  };
  assert.equal(await ask('\0\x01\0\0'), 'relay');
  assert.match(await ask('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'), /1\.1$/);
});

test('a new certificate is presented at once, and connections that exist stay', async (t) => {
  const { tlsPort, port } = await start(t);
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.certificatePem });
  t.after(() => session.destroy());
  assert.equal(await overHttp2(session), '2.0');
  tlsPort.present(await certificateFor('second.example'));
  const socket = await handshake(port);
  assert.equal(socket.getPeerX509Certificate()?.checkHost('second.example'), 'second.example');
  socket.destroy();
  assert.equal(await overHttp2(session), '2.0');
});

test('during an ACME validation visitors see their certificate and the validator sees its own', async (t) => {
  const { tlsPort, port } = await start(t);
  tlsPort.answerChallenge(await certificateFor('challenge.example'));
  const [visitor, validator] = await Promise.all([handshake(port, { ALPNProtocols: ['h2'] }), handshake(port, { ALPNProtocols: ['acme-tls/1'] })]);
  assert.equal(visitor.getPeerX509Certificate()?.checkHost('first.example'), 'first.example');
  assert.equal(visitor.alpnProtocol, 'h2');
  assert.equal(validator.getPeerX509Certificate()?.checkHost('challenge.example'), 'challenge.example');
  assert.equal(validator.alpnProtocol, 'acme-tls/1');
  visitor.destroy();
  validator.destroy();
  tlsPort.answerChallenge(undefined);
  const refused = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['acme-tls/1'] });
  const [error] = (await once(refused, 'error')) as [Error & { code?: string }];
  assert.match(String(error.code), /ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL|ECONNRESET/);
});

test('a hello that arrives in pieces during a validation is put together', async (t) => {
  const { tlsPort, port } = await start(t);
  tlsPort.answerChallenge(await certificateFor('challenge.example'));
  const proxy = createTcpServer((client) => {
    const server = connectTcp(port, '127.0.0.1').setNoDelay();
    server.pipe(client);
    client.once('data', async (hello: Buffer) => {
      for (const byte of [hello.subarray(0, 1), hello.subarray(1, 4), hello.subarray(4, 100), hello.subarray(100)]) {
        await new Promise((resolve) => server.write(byte, resolve));
        await new Promise(setImmediate);
      }
      client.pipe(server);
    });
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  t.after(() => proxy.close());
  const socket = await handshake((proxy.address() as AddressInfo).port, { ALPNProtocols: ['acme-tls/1'] });
  assert.equal(socket.getPeerX509Certificate()?.checkHost('challenge.example'), 'challenge.example');
  socket.destroy();
});

test('rubbish, plain HTTP and silence cost only their own connection', async (t) => {
  const { tlsPort, port } = await start(t);
  for (const challenge of [undefined, await certificateFor('challenge.example')]) {
    tlsPort.answerChallenge(challenge);
    for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff', '\x00\x01\x02', '']) {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.end(bytes);
      socket.resume();
      await once(socket, 'close');
    }
    const socket = await handshake(port);
    socket.destroy();
  }
});

test('the time-outs of the HTTP/1.1 server guard its connections over TLS too', async (t) => {
  const { port } = await start(t, { headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 20 });
  const socket = await handshake(port);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
  assert.match(await text(socket), /^HTTP\/1\.1 408/);
});

test('closing lets an HTTP/2 request finish and then ends the session', async (t) => {
  const { promise: mayAnswer, resolve: release } = Promise.withResolvers<void>();
  const { promise: arrived, resolve: tellArrived } = Promise.withResolvers<void>();
  const http1 = createServer();
  await once(http1.listen(0, '127.0.0.1'), 'listening');
  t.after(() => http1.close());
  const tlsPort = createTlsPort({
    certificate: await certificateFor('first.example'), http1,
    handleHttp2: (_request, response) => {
      tellArrived();
      void mayAnswer.then(() => response.end('done'));
    },
  });
  const port = await tlsPort.listen(0, '127.0.0.1');
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: authority.certificatePem });
  const answer = overHttp2(session);
  await arrived;
  const closed = tlsPort.close();
  release();
  assert.equal(await answer, 'done');
  await closed;
  await assert.rejects(once(connectTcp(port, '127.0.0.1'), 'connect'));
});

test('an occupied port is a sentence', async (t) => {
  const { port, http1 } = await start(t);
  const second = createTlsPort({ certificate: await certificateFor('first.example'), handleHttp2: () => undefined, http1 });
  await assert.rejects(second.listen(port, '127.0.0.1'), { code: 'PORT_IN_USE', message: new RegExp(`Port ${port} is in use`) });
  await assert.rejects(second.listen(0, '192.0.2.250'), { code: 'ADDRESS_UNAVAILABLE' });
});

import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClosingList } from '../closing-list.ts';
import { portFailure } from '../failures.ts';
import { createTlsPort } from '../web/tls-port.ts';
import type { ServerParts } from './server-parts.ts';

/**
 * Plain HTTP on loopback is fastify's own server; the TLS port hands its decrypted connections in.
 *
 * @returns How to say how long requests in progress get when the ports are closed; no time otherwise.
 */
export async function openPorts({ options, certificates, place, relay }: ServerParts, app: FastifyInstance, opened: ClosingList): Promise<{ setPatience(graceMs: number): void }> {
  const tlsPort = createTlsPort({
    certificate: certificates.current(),
    http1: app.server,
    takeRelayStream: (handedOver) => relay.takeStream(handedOver),
    // Fastify routes the requests of Node's HTTP/2 compatibility API as it does those of HTTP/1.1; only its types tell them apart.
    handleHttp2: (request, response) => app.routing(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  });
  const endConnections = (): void => {
    tlsPort.destroyConnections();
    app.server.closeAllConnections();
  };
  let patienceMs = 0;
  opened.add(async () => {
    const deadline = setTimeout(endConnections, patienceMs);
    await Promise.all([tlsPort.close(), app.close()]);
    clearTimeout(deadline);
  });
  const loopback = await listenOnLoopback(app, options.httpPort);
  place.loopbackAddress = loopback.address;
  place.ports.http = loopback.port;
  place.ports.https = await tlsPort.listen(options.httpsPort, options.host);
  await certificates.start(tlsPort);
  return { setPatience: (graceMs) => { patienceMs = graceMs; } };
}

/** Both loopback addresses where there are two: browsers resolve `localhost` to either. @returns The first that was opened. */
async function listenOnLoopback(app: FastifyInstance, port: number): Promise<AddressInfo> {
  try {
    await app.listen({ port, host: 'localhost' });
  } catch (error) {
    throw portFailure(error, port, 'localhost');
  }
  return app.server.address() as AddressInfo;
}

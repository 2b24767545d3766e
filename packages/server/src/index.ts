/**
 * The server: the command line behind `./dialplane`, and the one place where all parts are put together.
 *
 * TLS is terminated once (`web/tls-port.ts`), whatever the certificate comes from: a development CA made at the first start,
 * files that somebody else renews, or ACME (RFC 8555 with the `tls-alpn-01` challenge of RFC 8737, so that one open port is
 * enough). Behind it HTTP/2 (RFC 9113) and HTTP/1.1 reach the same routes as plain HTTP does on loopback.
 *
 * Assumes: Node 24, a data folder on a local file system that belongs to this process alone.
 *
 * Out of scope: every decision about calls, users and media; those are the services' that are composed here.
 *
 * ```ts
 * const server = await startServer({ dataDir, httpsPort: 0, httpPort: 0, relayPort: 0, relaySecondPort: 0, mediaPort: 0, sipPort: 0, sipTlsPort: 0, logLevel: 'silent' });
 * const client = new CommunicationIdentityClient(server.connectionString);
 * await server.close();
 * ```
 */
export { startServer, type RunningServer, type StartOptions } from './start-server.ts';
export type { ServerOptions } from './command-line/options.ts';
export { Failure, failures, type FailureCode } from './failures.ts';

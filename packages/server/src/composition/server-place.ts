import type { Certificates } from '../certificates/open-certificates.ts';
import type { ServerOptions } from '../command-line/options.ts';
import { originOf, publicOrigin, reachableOrigins } from '../public-origin.ts';

/** Where the server is, known in full once its ports are open. */
export class ServerPlace {
  readonly ports: { https: number; http: number };
  /** The loopback address that was opened first. */
  loopbackAddress = '127.0.0.1';
  readonly #options: ServerOptions;
  readonly #certificates: Certificates;

  constructor(options: ServerOptions, certificates: Certificates) {
    this.#options = options;
    this.#certificates = certificates;
    this.ports = { https: options.httpsPort, http: options.httpPort };
  }

  get httpsUrl(): string {
    return originOf('https', 'localhost', this.ports.https);
  }
  get httpUrl(): string {
    return originOf('http', 'localhost', this.ports.http);
  }
  get controlUrl(): string {
    return originOf('http', this.loopbackAddress, this.ports.http);
  }
  publicUrl(): string {
    return publicOrigin(this.#options, this.#certificates.current(), this.ports.https);
  }
  publicUrls(): readonly string[] {
    return reachableOrigins(this.#options, this.#certificates.current(), this.ports.https);
  }
}

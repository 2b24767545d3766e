import type { FastifyInstance } from 'fastify';
import { createReadStream, existsSync, globSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { DevelopmentCertificate } from '../certificates/development-certificate.ts';

/**
 * Offers the development CA, so that a second computer can trust this server: as `/ca.pem` for command lines, and as `/ca.crt`
 * under the type and name by which phones and desktops offer to install it.
 *
 * Deviation: RFC 2585 §4.1 asks for DER under that type. Every system that installs the one takes PEM as well, and one form
 * for both means that whoever saved either can use it anywhere.
 */
export function offerAuthority(app: FastifyInstance, { authority }: DevelopmentCertificate): void {
  app.get('/ca.pem', async (_request, reply) =>
    reply.type('application/x-pem-file').header('content-disposition', 'attachment; filename="dialplane-ca.pem"').send(authority.certificatePem));
  app.get('/ca.crt', async (_request, reply) =>
    reply.type('application/x-x509-ca-cert').header('content-disposition', 'attachment; filename="dialplane-ca.crt"').send(authority.certificatePem));
}

/** The packed client library: where it is, and the path under which it is offered. */
export interface SdkTarball {
  readonly file: string;
  readonly path: string;
}

/** The tarball in the folder of its build, if it was built. */
export function findSdkTarball(directory: string): SdkTarball | undefined {
  const file = globSync('dialplane-calling-*.tgz', { cwd: directory }).toSorted().at(-1);
  return file === undefined ? undefined : { file: join(directory, file), path: `/sdk/${basename(file)}` };
}

/** Offers the packed client library: `npm install https://this.server/sdk/dialplane-calling-<version>.tgz`. */
export function offerSdk(app: FastifyInstance, tarball: SdkTarball): void {
  app.get(tarball.path, async (_request, reply) => {
    if (!existsSync(tarball.file)) return reply.callNotFound();
    return reply.type('application/gzip').header('cross-origin-resource-policy', 'cross-origin').send(createReadStream(tarball.file));
  });
}

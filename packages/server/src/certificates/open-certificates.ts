import { join } from 'node:path';
import type { Logger } from '@dialplane/telemetry';
import type { ServerOptions } from '../command-line/options.ts';
import { openAcmeCertificate } from './acme-certificate.ts';
import { openCertificateFiles } from './certificate-files.ts';
import { openDevelopmentCertificate, type DevelopmentCertificate } from './development-certificate.ts';
import { localNames } from './local-names.ts';
import type { CertificateSource, ServerCertificate } from './server-certificate.ts';

/** The certificate that the options ask for, kept current. */
export interface Certificates extends CertificateSource {
  /** The development CA, unless the operator brings the certificate. */
  readonly development: DevelopmentCertificate | undefined;
  /** Shows the present certificate and each later one, and begins what needs the TLS port to be open: asking an ACME CA. */
  start(port: CertificateUser): Promise<void>;
}

/** Who shows certificates: the TLS port. */
interface CertificateUser {
  present(certificate: ServerCertificate): void;
  answerChallenge(certificate: ServerCertificate | undefined): void;
}

/** Where certificates are kept inside a data folder. */
export function certificateFolder(dataDir: string): string {
  return join(dataDir, 'tls');
}

/** Opens the source that the options name: `--cert` and `--key`, `--domain`, or the development CA. @throws {Failure} */
export async function openCertificates(options: ServerOptions, logger: Logger): Promise<Certificates> {
  let user: CertificateUser | undefined;
  const present = (certificate: ServerCertificate): void => user?.present(certificate);
  const { certFile, keyFile, domain } = options;
  if (certFile !== undefined && keyFile !== undefined) {
    const files = await openCertificateFiles({ certificateFile: certFile, keyFile, present, logger });
    const start = async (port: CertificateUser): Promise<void> => {
      user = port;
      port.present(files.current());
    };
    return { ...files, development: undefined, start };
  }

  const directory = certificateFolder(options.dataDir);
  let acme: CertificateSource | undefined;
  const development = await openDevelopmentCertificate({
    directory,
    logger,
    names: () => localNames([...options.publicAddresses, ...(domain === undefined ? [] : [domain])]),
    present: (certificate) => present(acme?.current() ?? certificate),
  });
  return {
    development,
    current: () => acme?.current() ?? development.current(),
    reload: async () => {
      await Promise.all([development.reload(), acme?.reload()]);
    },
    start: async (port) => {
      user = port;
      if (domain !== undefined) acme = await openAcmeCertificate({
        domain, directory, logger, present, fallback: development, directoryUrl: options.acmeDirectory,
        ...(options.acmeEmail === undefined ? {} : { email: options.acmeEmail }),
        answerChallenge: (certificate) => port.answerChallenge(certificate),
      });
      port.present(acme?.current() ?? development.current());
    },
    close: () => {
      development.close();
      acme?.close();
    },
  };
}

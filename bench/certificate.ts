import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate with its key, PEM, and the files that they are in. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly privateKey: string;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** Has the openssl program make a self-signed certificate as browsers have it. */
export function makeCertificate(folder: string, name: string): CertificateFiles {
  const [certificateFile, privateKeyFile] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)];
  execFileSync('openssl', ['req', '-x509', '-nodes', '-subj', '/CN=load', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', privateKeyFile, '-out', certificateFile], { stdio: 'ignore' });
  return { certificate: readFileSync(certificateFile, 'utf8'), privateKey: readFileSync(privateKeyFile, 'utf8'), certificateFile, privateKeyFile };
}

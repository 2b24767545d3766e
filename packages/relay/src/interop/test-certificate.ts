import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Writes a certificate for `localhost`, signed by itself and good for two days, and its key into `folder`. @returns the files. */
export function writeCertificate(folder: string): { readonly keyFile: string; readonly certificateFile: string } {
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile];
  execFileSync('openssl', ['req', '-x509', ...key, '-out', certificateFile, '-days', '2', '-subj', '/CN=localhost'], { stdio: 'ignore' });
  return { keyFile, certificateFile };
}

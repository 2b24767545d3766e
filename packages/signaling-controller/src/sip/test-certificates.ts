import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SipCertificate } from './sip-edge-options.ts';

/** An authority that only this test trusts. */
export class TestAuthority {
  readonly certificatePem: string;
  /** Where its certificate is, for programs. */
  readonly certificateFile: string;
  private readonly folder: string;
  private issued = 0;

  constructor(folder: string) {
    this.folder = join(folder, 'authority');
    mkdirSync(this.folder);
    this.certificateFile = join(this.folder, 'ca.pem');
    this.openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test authority']);
    this.certificatePem = readFileSync(this.certificateFile, 'utf8');
  }

  /** A certificate for these names, `DNS:sbc.example.com,IP:127.0.0.1`. */
  issue(names: string): SipCertificate {
    this.issued += 1;
    const name = `leaf${this.issued}`;
    writeFileSync(join(this.folder, `${name}.ext`), `subjectAltName=${names}\n`);
    this.openssl(['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`]);
    this.openssl(['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', `${name}.ext`, '-out', `${name}.pem`]);
    return { certificatePem: readFileSync(join(this.folder, `${name}.pem`), 'utf8'), privateKeyPem: readFileSync(join(this.folder, `${name}.key`), 'utf8') };
  }

  private openssl(args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'ignore' });
  }
}

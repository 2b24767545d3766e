import { Badge, Link, makeStyles, Text, tokens } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useServerInfo } from '../session/use-server-info.ts';
import { FailureBar } from '../shell/failure-bar.tsx';

const useStyles = makeStyles({
  facts: { display: 'grid', gridTemplateColumns: 'minmax(120px, auto) 1fr', gap: '8px 20px', margin: 0, maxWidth: '720px', '& dt': { color: tokens.colorNeutralForeground3 }, '& dd': { margin: 0, overflowWrap: 'anywhere', display: 'flex', gap: '6px', flexWrap: 'wrap' } },
  steps: { margin: 0, paddingLeft: '20px', display: 'grid', gap: '8px', maxWidth: '72ch' },
});

/** Name, version, address, parts, and where to get what belongs to it. */
export function ServerFacts(): ReactNode {
  const styles = useStyles();
  const { value, error, reload } = useServerInfo();
  if (error !== undefined) return <FailureBar error={error} onRetry={reload} />;
  if (value === undefined) return null;
  const { capabilities } = value;
  const parts: readonly (readonly [name: string, isThere: boolean])[] = [['Media processor', capabilities.mediaProcessor], ['Relay', capabilities.relay], ['Telephony', capabilities.telephony]];
  return (
    <dl className={styles.facts}>
      <dt>Server</dt>
      <dd>{value.name} {value.version}</dd>
      <dt>Address</dt>
      <dd>{window.location.origin} {window.isSecureContext ? null : <Badge color="warning">not secure: no microphone here</Badge>}</dd>
      <dt>Parts</dt>
      <dd>{parts.map(([name, isThere]) => <Badge key={name} appearance={isThere ? 'filled' : 'outline'} color={isThere ? 'success' : 'informative'}>{name}{isThere ? '' : ': none'}</Badge>)}</dd>
      <dt>API</dt>
      <dd><Link href="/openapi.json" target="_blank" rel="noreferrer">OpenAPI document</Link></dd>
      {value.sdkTarball === undefined ? null : <><dt>Client library</dt><dd><code>npm install {new URL(value.sdkTarball, window.location.origin).href}</code></dd></>}
    </dl>
  );
}

/** How a second computer comes to trust this server's own certificate authority. */
export function CertificateInstructions(): ReactNode {
  const styles = useStyles();
  const { value } = useServerInfo();
  if (value?.certificateAuthority === undefined) return <Text>This server uses a certificate that browsers know already: open its https:// address on the other computer.</Text>;
  return (
    <>
      <Text>Browsers give camera and microphone to secure pages only. This server made its own certificate authority; the other computer has to trust it once.</Text>
      <ol className={styles.steps}>
        <li><Link href={value.certificateAuthority} download>Download the certificate</Link> on the other computer, or copy the file to it.</li>
        <li>Windows: open the file, “Install certificate”, “Local machine”, “Trusted root certification authorities”.</li>
        <li>macOS: open the file in Keychain Access and set “Always trust”. iPhone and iPad: install the profile, then turn it on under Settings, General, About, Certificate trust settings.</li>
        <li>Linux: copy it as <code>.crt</code> to <code>/usr/local/share/ca-certificates</code> and run <code>update-ca-certificates</code>. Chrome and Firefox: Settings, Certificates, Authorities, Import. Android: Settings, Security, Install a certificate.</li>
        <li>Open this server’s https:// address there and sign in with a sign-in link.</li>
      </ol>
    </>
  );
}

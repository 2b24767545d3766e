import type { TelephonySummary } from '../telephony/telephony-summary.ts';
import { good, notice, type Finding } from './finding.ts';

/** Whether telephone calls work on the server that runs. */
export function checkTelephony(telephony: TelephonySummary): Finding[] {
  if (telephony.kind === 'absent') return [notice(telephony.reason)];
  const { port, tlsPort, trunks, phones, absence } = telephony;
  const findings = [good(`SIP listens on UDP and TCP ${port}${tlsPort === undefined ? '' : ` and, with TLS, on ${tlsPort}`}; ${phones} SIP phone${phones === 1 ? ' is' : 's are'} registered.`)];
  if (absence !== undefined) findings.push(notice(absence));
  for (const { name, state, reason } of trunks) {
    if (state === 'online') findings.push(good(`Trunk ${name} is online.`));
    else if (state === 'disabled') findings.push(notice(`Trunk ${name} is turned off.`));
    else findings.push(notice(`Trunk ${name} ${state === 'warning' ? 'has trouble' : 'has not been heard yet'}${reason === undefined ? '.' : `: ${reason}`}`));
  }
  return findings;
}

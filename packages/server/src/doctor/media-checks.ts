import { missingMediaKernels } from '../media/media-kernels.ts';
import type { MediaSummary } from '../media/media-summary.ts';
import { broken, good, notice, type Finding } from './finding.ts';

/** Whether group calls would work if a server were started now. */
export function checkMediaKernels(): Finding[] {
  const missing = missingMediaKernels();
  return missing === undefined ? [] : [notice(missing)];
}

/** Whether group calls work on the server that runs. */
export function checkMedia(media: MediaSummary): Finding[] {
  if (media.kind === 'absent') return [notice(media.reason)];
  const { ports, running, wanted, restarts } = media;
  const where = `UDP ${ports.join(', ')}`;
  if (running === 0) return [broken('No media process runs, so there are no group calls; the log of the server says why.')];
  const findings = running < wanted
    ? [notice(`Only ${running} of ${wanted} media processes run (${where}); the log of the server says why.`)]
    : [good(`${running} media processes run at ${where}, one of them ready for when another is lost. A firewall has to let these ports in.`)];
  if (restarts > 0) findings.push(notice(`Media processes were lost or did not start ${restarts} time${restarts === 1 ? '' : 's'} since the server was started; its log says why.`));
  return findings;
}

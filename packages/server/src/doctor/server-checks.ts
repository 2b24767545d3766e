import type { NetworkConfiguration } from '@dialplane/calling-api';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { rootCertificates } from 'node:tls';
import { errorCode } from '@dialplane/telemetry';
import { broken, good, notice, type Finding } from './finding.ts';

const patienceMs = 5_000;
const shownBytes = 500;
/** Signed requests carry their date; servers refuse those too far off (Azure: 5 minutes). */
const badSkewMs = 60_000;

/**
 * Looks at a server from outside, as a browser would: does it answer, is its certificate trusted, is it ready, and do the
 * clocks agree.
 *
 * @param authorityFile A CA to trust besides the usual ones.
 */
export async function checkServer(url: string, authorityFile: string | undefined): Promise<Finding[]> {
  const authority = authorityFile === undefined ? undefined : await readFile(authorityFile, 'utf8').catch(() => undefined);
  try {
    const health = await ask(`${url}/healthz`, { authority });
    const ready = await ask(`${url}/readyz`, { authority });
    return [
      health.status === 200 ? good(`${url} answers.`) : broken(`${url} answers ${health.status} to /healthz; is it Dialplane that listens there?`),
      ready.status === 200 ? good(`${url} is ready for clients.`) : broken(`${url} is not ready: ${ready.body.slice(0, shownBytes)}`),
      checkClock(url, health),
    ];
  } catch (error) {
    return [await explain(url, error)];
  }
}

/** What a server's network is tested with, for the user of this access token; or why it cannot be. */
export async function askNetwork(origin: string, authority: string | undefined, token: string): Promise<NetworkConfiguration | Finding> {
  const { status, body } = await ask(`${origin}/v1/network`, { authority, token });
  if (status === 200) return JSON.parse(body) as NetworkConfiguration;
  return broken(status === 401 ? `${origin} does not accept the access token: it has expired, or is of another server.` : `${origin} does not say how to test the network (${status}): ${body.slice(0, shownBytes)}`);
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** By the server's clock, to the second. */
  readonly date: number;
  readonly askedAt: number;
  readonly answeredAt: number;
}

async function ask(url: string, { authority, insecure = false, token }: { authority?: string | undefined; insecure?: boolean; token?: string }): Promise<Answer> {
  const askedAt = Date.now();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const request = url.startsWith('https:')
    ? getHttps(url, { agent: false, headers, timeout: patienceMs, rejectUnauthorized: !insecure, ...(authority === undefined ? {} : { ca: [...rootCertificates, authority] }) })
    : getHttp(url, { agent: false, headers, timeout: patienceMs });
  request.once('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), date: Date.parse(response.headers.date ?? ''), askedAt, answeredAt: Date.now() };
}

/** The Date header has a resolution of a second and was made somewhere between asking and answering. */
function checkClock(url: string, { date, askedAt, answeredAt }: Answer): Finding {
  const skewMs = date + 999 < askedAt ? date + 999 - askedAt : date > answeredAt ? date - answeredAt : 0;
  if (Number.isNaN(date)) return notice(`${url} does not say what time it is.`);
  if (Math.abs(skewMs) < badSkewMs) return good(`The clocks of this machine and of ${url} agree.`);
  return broken(`The clock of ${url} is ${Math.round(Math.abs(skewMs) / 1000)} seconds ${skewMs > 0 ? 'ahead of' : 'behind'} this one: tokens and signatures will be refused. Set both by NTP.`);
}

async function explain(url: string, error: unknown): Promise<Finding> {
  const code = errorCode(error) ?? '';
  switch (code) {
    case 'ECONNREFUSED': return broken(`Nothing listens at ${url}. Is the server running, and is the port right?`);
    case 'ENOTFOUND': return broken(`The name in ${url} leads nowhere; check the name, or use the address.`);
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH': return broken(`${url} does not answer; a firewall or the network is in between.`);
    default: break;
  }
  const answersInsecurely = await ask(`${url}/healthz`, { insecure: true }).then((answer) => answer.status === 200, () => false);
  return answersInsecurely
    ? broken(`${url} answers, but its certificate is not trusted here (${code}). Trust its CA (${url}/ca.pem), or use a name that is in the certificate. Browsers give pages camera and microphone only over trusted HTTPS or on localhost.`)
    : broken(`${url} cannot be reached: ${error instanceof Error ? error.message : code}`);
}

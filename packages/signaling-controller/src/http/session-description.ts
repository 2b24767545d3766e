import type { MediaDescription } from '@dialplane/calling-api';
import { ApiError } from './api-error.ts';

const line = /^([a-z])=([^\0]*)$/;
const origin = /^\S+ \d{1,20} \d{1,20} IN IP[46] \S+$/;
const timing = /^\d{1,20} \d{1,20}$/;
const media = /^[!-~]+ \d{1,5}(?:\/\d{1,5})? [!-~]+(?: [!-~]+)+$/;
const maxLines = 4096;

/**
 * Throws `SDP_INVALID`, naming the line, unless a description is a session description as far as a signaling server can know:
 * RFC 8866 §9's lines `v=`, `o=`, `s=`, `t=` in their places and well-formed, one media section or more, every line of the
 * form `x=value`; and a section for each stream it lists (`a=mid`, RFC 9143). What the attributes mean is between the peers.
 */
export function checkDescription(description: MediaDescription | undefined): void {
  if (description === undefined) return;
  const lines = description.sdp.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > maxLines) throw invalid('it has too many lines');
  const mids = new Set<string>();
  const header: string[] = [];
  let sections = 0;
  for (const [index, text] of lines.entries()) {
    const match = line.exec(text);
    if (match === null) throw invalid(`line ${index + 1} is not of the form "x=value"`);
    const [, type = '', value = ''] = match;
    if (type === 'm') {
      if (!media.test(value)) throw invalid(`line ${index + 1} is not a media description`);
      sections += 1;
    } else if (sections === 0) {
      header.push(type);
      checkHeader(type, value, index + 1);
    } else if (type === 'a' && value.startsWith('mid:')) {
      mids.add(value.slice(4));
    }
  }
  if (!header.join('').startsWith('vos') || !header.includes('t')) throw invalid('it does not begin with v=, o=, s= and t= lines');
  if (sections === 0) throw invalid('it describes no media (m= line)');
  const missing = description.streams.find((stream) => !mids.has(stream.mid));
  if (missing !== undefined) throw invalid(`it has no section with a=mid:${missing.mid}, which its streams name`);
}

function checkHeader(type: string, value: string, number: number): void {
  const isWellFormed =
    type === 'v' ? value === '0' : type === 'o' ? origin.test(value) : type === 's' ? value.length > 0 : type === 't' ? timing.test(value) : true;
  if (!isWellFormed) throw invalid(`line ${number} (${type}=) is malformed`);
}

function invalid(why: string): ApiError {
  return new ApiError('SDP_INVALID', { message: `The session description is not valid SDP: ${why}.`, target: 'body.description.sdp' });
}

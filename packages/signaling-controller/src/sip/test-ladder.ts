/**
 * SIPp scenarios out of a call flow as the RFCs draw it. A step is `alice > INVITE sdp` or `bob > 404 (Reason: Q.850 ;cause=1)`: who sends what, whether a description goes with it, and a header that has to
 * reach the other end unchanged. Alice calls; 100 and what proxies acknowledge and confirm by themselves is not drawn.
 */
export interface LadderScenarios {
  readonly alice: string;
  readonly bob: string;
}

interface Step {
  readonly from: 'alice' | 'bob';
  /** Method or status. */
  readonly what: string;
  readonly hasDescription: boolean;
  readonly header: string | undefined;
  /** Of the transaction that it belongs to. */
  readonly cSeq: string;
  /** Whether a 2xx to the INVITE has made a dialog before. */
  readonly isInDialog: boolean;
  readonly isCancelled: boolean;
}

const description = ['v=0', 'o=sipp 1 [call_number] IN IP4 [local_ip]', 's=-', 'c=IN IP4 [media_ip]', 't=0 0', 'm=audio [media_port] RTP/AVP 0', 'a=rtpmap:0 PCMU/8000'].join('\n');
const called = 'sip:+12025550111@[remote_ip]:[remote_port]';
const alice = 'From: "Alice" <sip:+12025550100@[local_ip]>;tag=[pid]a[call_number]';
const contact = (user: string): string => `Contact: <sip:${user}@[local_ip]:[local_port]>`;
const checked = 'checked';
const remembered = { from: 'theirs', to: 'ours' };
/** Alice's and those of the two proxies: what Bob says to an INVITE after its CANCEL, which has one of its own, goes back by these. */
const viasOfInvite = ['via1', 'via2', 'via3'];
const newVia = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]';

/** @throws {Error} where a step cannot be read. */
export function scenariosOf(ladder: readonly string[]): LadderScenarios {
  const steps = readSteps(ladder);
  const of = (party: Step['from'], variables: readonly string[]): string => [
    '<?xml version="1.0" encoding="ISO-8859-1"?>', `<scenario name="${party}">`,
    ...steps.map((step) => (step.from === party ? sending(step) : receiving(step))),
    // Without it SIPp refuses variables that are never read.
    ...(variables.length === 0 ? [] : [`<Reference variables="${variables.join(',')}"/>`]), '</scenario>',
  ].join('\n');
  return { alice: of('alice', steps.some(({ header }) => header !== undefined) ? [checked] : []), bob: of('bob', [...Object.values(remembered), ...viasOfInvite]) };
}

function readSteps(ladder: readonly string[]): readonly Step[] {
  let [sequence, transaction, isInDialog, isCancelled] = [0, '', false, false];
  return ladder.map((line) => {
    const [, from, what = '', sdp, header] = /^(alice|bob) > (\S+)( sdp)?(?: \((.+)\))?$/.exec(line) ?? [];
    if (from !== 'alice' && from !== 'bob') throw new Error(`not a step: ${line}`);
    const isRequest = /^[A-Z]/.test(what);
    if (isRequest && what !== 'ACK' && what !== 'CANCEL') [sequence, transaction] = [sequence + 1, what];
    // A CANCEL is answered before the INVITE is.
    const method = isRequest ? what : what.endsWith('/CANCEL') ? 'CANCEL' : transaction;
    const step: Step = { from, what: what.replace('/CANCEL', ''), hasDescription: sdp !== undefined, header, cSeq: `${sequence} ${method}`, isInDialog, isCancelled };
    if (what === 'CANCEL') isCancelled = true;
    if (what.startsWith('2') && method === 'INVITE') isInDialog = true;
    return step;
  });
}

function receiving({ what, from, header, isInDialog }: Step): string {
  if (/^\d/.test(what)) return `<recv response="100" optional="true"/>\n<recv response="${what}" rrs="true">${header === undefined ? '' : check(header)}</recv>`;
  if (from === 'bob' || what !== 'INVITE' || isInDialog) return `<recv request="${what}"/>`;
  return `<recv request="INVITE" rrs="true"><action>${remember('From', remembered.from)}${remember('To', remembered.to)}${viasOfInvite.map((variable, index) => remember('Via', variable, index + 1)).join('')}</action></recv>`;
}

const remember = (name: string, variable: string, occurrence = 1): string => `<ereg regexp=".*" search_in="hdr" header="${name}:" occurrence="${occurrence}" assign_to="${variable}"/>`;

/** The whole value; SIPp counts a call as failed where it differs. */
function check(header: string): string {
  const [name, value = ''] = header.split(': ');
  return `<action><ereg regexp="^ *${value.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll('"', '&quot;')}$" search_in="hdr" header="${name}:" check_it="true" assign_to="${checked}"/></action>`;
}

function sending(step: Step): string {
  return /^\d/.test(step.what) ? response(step) : request(step);
}

function response({ what, hasDescription, header, cSeq, isInDialog, isCancelled }: Step): string {
  const to = isInDialog ? '[last_To:]' : '[last_To:];tag=[pid]b[call_number]';
  const vias = isCancelled && cSeq.endsWith('INVITE') ? viasOfInvite.map((variable) => `Via:[$${variable}]`) : ['[last_Via:]'];
  return send([`SIP/2.0 ${what} As The Flow Says`, ...vias, '[last_From:]', to, '[last_Call-ID:]', `CSeq: ${cSeq}`, '[last_Record-Route:]', contact('bob'), header], hasDescription, what.startsWith('2') && cSeq.endsWith('INVITE'));
}

function request({ what, from, hasDescription, header, cSeq, isInDialog }: Step): string {
  // An ACK to what is no 2xx and a CANCEL are of the INVITE's own transaction: its branch comes back in every response.
  const isOfInvite = !isInDialog && (what === 'ACK' || what === 'CANCEL');
  const [uri, via, routes] = isInDialog ? ['[next_url]', newVia, '[routes]'] : [called, isOfInvite ? '[last_Via:]' : newVia, undefined];
  const ends = from === 'bob' ? [`From:[$${remembered.to}];tag=[pid]b[call_number]`, `To:[$${remembered.from}]`] : [alice, `To: <${called}>${isInDialog || what === 'ACK' ? '[peer_tag_param]' : ''}`];
  return send([`${what} ${uri} SIP/2.0`, via, routes, ...ends, 'Call-ID: [call_id]', `CSeq: ${cSeq}`, 'Max-Forwards: 70', contact(from), header], hasDescription, what !== 'ACK');
}

function send(lines: ReadonlyArray<string | undefined>, hasDescription: boolean, isRepeated: boolean): string {
  const body = hasDescription ? ['Content-Type: application/sdp', 'Content-Length: [len]', '', description] : ['Content-Length: 0', ''];
  return `<send${isRepeated ? ' retrans="500"' : ''}><![CDATA[\n\n${[...lines.filter((line) => line !== undefined), ...body].join('\n')}\n\n]]></send>`;
}

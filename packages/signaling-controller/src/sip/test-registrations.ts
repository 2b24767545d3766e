/** One REGISTER of a SIPp scenario, and what has to come back. */
export interface RegistrationStep {
  /** Contact line; without it the REGISTER asks what there is. */
  readonly contact?: string;
  readonly password?: string;
  readonly status: number;
  /** Each stands in the response. */
  readonly contacts?: readonly string[];
}

/** A telephone of `bob` that sends these REGISTER requests one after the other, with the CSeq counting on. A step that has a password answers the challenge of the one before. */
export function registrationScenario(steps: readonly RegistrationStep[]): string {
  const names = steps.flatMap(({ contacts = [] }, index) => contacts.map((_, place) => variableOf(index, place)));
  return [
    '<?xml version="1.0" encoding="ISO-8859-1"?>', '<scenario name="registration">', ...steps.map((step, index) => `${register(step, index)}\n${receive(step, index, steps[index + 1]?.password !== undefined)}`),
    ...(names.length === 0 ? [] : [`<Reference variables="${names.join(',')}"/>`]), '</scenario>',
  ].join('\n');
}

function register({ contact, password }: RegistrationStep, index: number): string {
  const lines = [
    'REGISTER sip:[remote_ip]:[remote_port] SIP/2.0', 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]', 'From: <sip:bob@[remote_ip]>;tag=[pid]r[call_number]', 'To: <sip:bob@[remote_ip]>',
    'Call-ID: [call_id]', `CSeq: ${index + 1} REGISTER`, 'Max-Forwards: 70', ...(contact === undefined ? [] : [contact]), ...(password === undefined ? [] : [`[authentication username=bob password=${password}]`]), 'Content-Length: 0', '',
  ];
  return `<send retrans="500"><![CDATA[\n\n${lines.join('\n')}\n\n]]></send>`;
}

function receive({ status, contacts = [] }: RegistrationStep, index: number, isChallenge: boolean): string {
  const checks = contacts.map((contact, place) => `<ereg regexp="${contact}" search_in="msg" check_it="true" assign_to="${variableOf(index, place)}"/>`);
  return `<recv response="${status}" auth="${isChallenge}">${checks.length === 0 ? '' : `<action>${checks.join('')}</action>`}</recv>`;
}

function variableOf(step: number, place: number): string {
  return `contact${step}of${place}`;
}

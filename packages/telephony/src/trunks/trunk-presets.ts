import type { TrunkPreset, TrunkProfile } from '@dialplane/calling-api';

/** What RFC 3261 and its usual companions ask of a trunk: the most peers understand this. */
const common: TrunkProfile = {
  identityHeader: 'pAssertedIdentity', redirectionHeader: 'diversion', redirects: 'followed', numbersOut: { style: 'e164' }, numbersIn: { style: 'e164' }, userPhone: false,
  dtmf: 'telephoneEvent', markerlessDtmf: 'accepted', codecs: ['opus', 'G722', 'PCMU', 'PCMA', 'G729'], packetMs: 20,
  sessionTimer: 'supported', reliableProvisional: 'supported', srtp: 'allowed', srtpKeying: 'sdes', ringback: 'theirs', offer: 'early', firstResponseMs: 6000, transfer: 'refer', attendedTransfer: 'join',
};
const narrow: TrunkProfile['codecs'] = ['PCMU', 'PCMA', 'G729'];

/** Families of carriers and exchanges. What they differ in is data; a trunk begins as one of them and may change all of it. */
export const trunkPresets: readonly TrunkPreset[] = [
  { name: 'generic', title: 'Any SIP trunk', note: 'TLS with SRTP where the other side has it.', transport: 'tls', port: 5061, profile: common },
  {
    name: 'generic-udp', title: 'Any SIP trunk over UDP', note: 'Without encryption: for a private network, or a carrier that has nothing else.', transport: 'udp', port: 5060,
    profile: { ...common, srtp: 'forbidden', codecs: ['G722', 'PCMU', 'PCMA', 'G729'] },
  },
  { name: 'twilio', title: 'Twilio Elastic SIP Trunking', note: 'Admission by addresses of its regions; encryption has to be switched on in its console.', transport: 'tls', port: 5061, profile: { ...common, codecs: ['PCMU', 'PCMA', 'opus'], reliableProvisional: 'off' } },
  { name: 'telnyx', title: 'Telnyx', note: 'Registers, or admits by address; no PRACK.', transport: 'tls', port: 5061, profile: { ...common, codecs: ['opus', 'G722', 'PCMU', 'PCMA', 'G729'], reliableProvisional: 'off' } },
  { name: 'vonage', title: 'Vonage SIP Trunking', note: 'Numbers without +.', transport: 'tls', port: 5061, profile: { ...common, numbersOut: { style: 'e164WithoutPlus' }, numbersIn: { style: 'e164WithoutPlus' }, codecs: narrow, reliableProvisional: 'off' } },
  { name: 'acs-direct-routing', title: 'Azure Communication Services or Teams, direct routing', note: 'TLS with a certificate of this name, SRTP always, OPTIONS within three minutes.', transport: 'tls', port: 5061, profile: { ...common, srtp: 'required', userPhone: true, redirectionHeader: 'historyInfo', codecs: ['G722', 'PCMU', 'PCMA', 'G729'] } },
  { name: 'asterisk', title: 'Asterisk or FreePBX', note: 'Usually registers, or is admitted by address.', transport: 'udp', port: 5060, profile: { ...common, srtp: 'forbidden', numbersOut: { style: 'e164WithoutPlus' }, identityHeader: 'pAssertedIdentity' } },
  { name: 'avaya', title: 'Avaya Aura', note: 'Invites without a description; wants a prompt answer to session refreshes.', transport: 'tls', port: 5061, profile: { ...common, codecs: ['G722', 'PCMU', 'PCMA', 'G729'], sessionTimer: 'supported', offer: 'early' } },
  { name: 'genesys', title: 'Genesys', note: 'Invites without a description, and changes it later.', transport: 'tls', port: 5061, profile: { ...common, codecs: narrow, transfer: 'refer' } },
  { name: 'cisco-cube', title: 'Cisco Unified Border Element', note: 'Takes the caller id from Remote-Party-ID in older versions, and may send digits without a marker bit.', transport: 'tcp', port: 5060, profile: { ...common, identityHeader: 'remotePartyId', srtp: 'forbidden', codecs: ['G722', 'PCMU', 'PCMA', 'G729'] } },
  { name: 'ims', title: 'IMS core', note: 'Session timers and PRACK are not optional there.', transport: 'tcp', port: 5060, profile: { ...common, sessionTimer: 'required', reliableProvisional: 'required', userPhone: true, redirectionHeader: 'historyInfo', srtp: 'forbidden', codecs: ['PCMA', 'PCMU'], transfer: 'bridge' } },
  { name: 'sip-account', title: 'A single account with a provider', note: 'Registers with username and password, as an adapter at home would.', transport: 'udp', port: 5060, profile: { ...common, identityHeader: 'pPreferredIdentity', srtp: 'forbidden', codecs: ['G722', 'PCMA', 'PCMU'], transfer: 'bridge' } },
];

/** A profile that was stored before some of its fields were there: those are as in any trunk. */
export function wholeProfile(stored: Partial<TrunkProfile>): TrunkProfile {
  return { ...common, ...stored };
}

export function trunkPreset(name: string): TrunkPreset | undefined {
  return trunkPresets.find((preset) => preset.name === name);
}

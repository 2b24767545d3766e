import { Type, type Static, type TLiteral, type TUnion } from 'typebox';
import { CallLimits } from './dialing.ts';
import { Timestamp } from './identifiers.ts';

/** A union of literals, which is what TypeBox has for an enumeration. */
const literals = <const Values extends ReadonlyArray<string | number>>(...values: Values) =>
  Type.Union(values.map((value) => Type.Literal(value))) as unknown as TUnion<{ -readonly [K in keyof Values]: TLiteral<Values[K]> }>;
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const hostName = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*';

/** The fully qualified domain name of a session border controller: what a trunk is called, as in Azure's SIP routing. Kept in lower case. */
export const TrunkName = Type.String({ minLength: 1, maxLength: 253, pattern: `^${hostName}$`, description: 'FQDN of a session border controller' });
/** A DNS name or an IP address without brackets. */
const Host = Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9.:_-]+$' });
/** An IP address, or a range of them: `198.51.100.0/24` (RFC 4632). */
const AddressRange = Type.String({ minLength: 2, maxLength: 64, pattern: '^[0-9A-Fa-f.:]+(?:/[0-9]{1,3})?$' });
const CountryCode = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2' });

/** How a trunk writes telephone numbers. */
export const TrunkNumberFormat = Type.Object({
  /** `e164` +15550100, `e164WithoutPlus` 15550100, `national` with the national prefix of `country`, other countries with its international one, `nationalWithoutPrefix` the same without national prefix. */
  style: literals('e164', 'e164WithoutPlus', 'national', 'nationalWithoutPrefix'),
  /** Whose national format it is; without one `national` numbers cannot be read or written. */
  country: Type.Optional(CountryCode),
  /** Digits that come before every number (a tech prefix). */
  prefix: Type.Optional(Type.String({ pattern: '^[0-9*#]{1,16}$' })),
});
export type TrunkNumberFormat = Static<typeof TrunkNumberFormat>;

/** Codecs of a trunk by their names in SDP. */
export const TrunkCodec = literals('opus', 'G722', 'PCMU', 'PCMA', 'G729');
export type TrunkCodec = Static<typeof TrunkCodec>;

/** What carriers and exchanges do differently, as data. */
export const TrunkProfile = Type.Object({
  /** Which header carries the caller id: P-Asserted-Identity or P-Preferred-Identity (RFC 3325), Remote-Party-ID, or From alone. */
  identityHeader: literals('pAssertedIdentity', 'pPreferredIdentity', 'remotePartyId', 'from'),
  /** How the trunk is told that a call was sent on from another number: Diversion (RFC 5806), History-Info (RFC 7044), both or neither. Both are understood. */
  redirectionHeader: literals('diversion', 'historyInfo', 'both', 'none'),
  /** What becomes of a 3xx: `followed` to other hosts of the trunk, and to another number as if that had been called, under the same rules; or `refused`. */
  redirects: literals('followed', 'refused'),
  /** Numbers as they are sent. */
  numbersOut: TrunkNumberFormat,
  /** Numbers as they arrive; those with `+` are understood in every style. */
  numbersIn: TrunkNumberFormat,
  /** `user=phone` in URIs with numbers (RFC 3261 §19.1.1). */
  userPhone: Type.Boolean(),
  /** How digits are sent: RFC 4733, INFO with application/dtmf-relay, or as tones in the sound. All are heard, those in sound as `dtmfInSound` says. */
  dtmf: literals('telephoneEvent', 'info', 'inband'),
  /**
   * Whether a telephone that has not agreed to telephone events is listened to for digits in its sound. That takes decoding it, so a carrier whose digits come as INFO or not at all is better `ignored`:
   * then packets pass as they are. With `dtmf: 'inband'` it is listened to in any case, with `info` never. Absent: `heard`.
   */
  dtmfInSound: Type.Optional(literals('heard', 'ignored')),
  /** Whether digits are taken from telephone-event packets whose first has no marker bit. */
  markerlessDtmf: literals('accepted', 'ignored'),
  /** In the order of preference; others are neither offered nor taken. */
  codecs: Type.Array(TrunkCodec, { minItems: 1, maxItems: 5, uniqueItems: true }),
  /**
   * In which codec the client of a call of two with a telephone of this trunk speaks. `opus`: its sound is translated, and the jitter of its line is taken up here. `telephone`: the telephone's own (G.711, G.722), so that
   * packets pass as they are, sooner and at a quarter of the cost, and its jitter reaches the carrier. In calls of more it is Opus in any case. Absent: `opus`.
   */
  clientCodec: Type.Optional(literals('opus', 'telephone')),
  /** Milliseconds of sound in a packet: what the carrier is asked for (`a=ptime`), and is sent where it does not ask for another length itself. Opus is always sent in packets of 20. */
  packetMs: literals(10, 20, 30, 40, 60),
  /** RFC 4028. */
  sessionTimer: literals('off', 'supported', 'required'),
  /** RFC 3262, 100rel. */
  reliableProvisional: literals('off', 'supported', 'required'),
  /** `forbidden`: RTP; `allowed`: SRTP where the other side offers or takes it; `required`: nothing else. */
  srtp: literals('forbidden', 'allowed', 'required'),
  /** Keys in the description (RFC 4568), or DTLS-SRTP (RFC 5763). */
  srtpKeying: literals('sdes', 'dtls'),
  /** Whether our own offers say that we answer checks (ICE-lite, RFC 8445), for a border controller that sends sound only where its checks were answered: `offered`; offers of theirs with ICE are answered so in any case. Absent: `answered`. */
  ice: Type.Optional(literals('answered', 'offered')),
  /** Who makes the tone that callers from this trunk hear while somebody is rung here: `theirs`, the trunk itself, when it gets 180; `ours`, by 183 with a description (RFC 3960). */
  ringback: literals('theirs', 'ours'),
  /** `delayed`: INVITE goes out without a description. */
  offer: literals('early', 'delayed'),
  /** Milliseconds after which a trunk that has not answered an INVITE at all, not even with 100, is taken for dead: the next way is tried, or the call ends with 408. At most the 32 s of RFC 3261's timer B. */
  firstResponseMs: Type.Integer({ minimum: 1000, maximum: 32_000 }),
  /** Whether a call that is transferred is handed to the carrier by REFER (RFC 3515), or bridged here. */
  transfer: literals('refer', 'bridge'),
  /** Whether two calls of this trunk that are put together are handed to the carrier by REFER with Replaces (RFC 3891), or joined here, which happens as well where the carrier refuses. */
  attendedTransfer: literals('refer', 'join'),
});
export type TrunkProfile = Static<typeof TrunkProfile>;

/** What a trunk is, without what is secret. */
const trunkFields = {
  description: Type.Optional(Type.String({ maxLength: 1024 })),
  isEnabled: Type.Boolean(),
  transport: literals('udp', 'tcp', 'tls'),
  port: Type.Integer({ minimum: 1, maximum: 65535 }),
  /** Where requests are sent, tried in order; without any, the trunk's name is looked up (RFC 3263). */
  addresses: Type.Array(Host, { maxItems: 16 }),
  /** The preset that `profile` began as. */
  preset: Type.Optional(text(64)),
  profile: TrunkProfile,
  /** Seconds between OPTIONS requests that watch the trunk; 0: none are sent. */
  optionsIntervalSeconds: Type.Integer({ minimum: 0, maximum: 3600 }),
  limits: CallLimits,
};
const registrationFields = {
  /** The registrar's host, where it is not the trunk's own. */
  registrar: Type.Optional(Host),
  /** The user of the address of record; the username without one. */
  user: Type.Optional(text(128)),
  expiresSeconds: Type.Integer({ minimum: 60, maximum: 86_400 }),
};
const admissionFields = {
  /** Requests from there are the trunk's. Its `addresses` that are IP addresses are in it always. */
  addresses: Type.Array(AddressRange, { maxItems: 256 }),
  /** Names in the certificate of a TLS client (RFC 5922). */
  tlsNames: Type.Array(TrunkName, { maxItems: 16 }),
};

/** Whether a trunk works (Azure Direct Routing's trunk status, and what it rests on). */
export const TrunkHealth = Type.Object({
  state: literals('unknown', 'online', 'warning', 'disabled'),
  /** OPTIONS in either direction: `active` within the last three minutes, `expired` before, `error` where the last was refused or lost. */
  ping: literals('unknown', 'active', 'expired', 'error'),
  tls: literals('unknown', 'active', 'certExpiring', 'certExpired'),
  registration: literals('none', 'pending', 'registered', 'failed'),
  /** What came of the last calls to it: `silent` where not a word was heard at any of its addresses, `refused` where it refused several in a row itself, or let them wait in vain (408, 503, 504). */
  calls: literals('unknown', 'heard', 'silent', 'refused'),
  activeLines: Type.Integer({ minimum: 0 }),
  lastSeenAt: Type.Optional(Timestamp),
  /** What is wrong, in a sentence. */
  reason: Type.Optional(Type.String()),
});
export type TrunkHealth = Static<typeof TrunkHealth>;

/** A carrier or a session border controller, as an operator sees it. Secrets are never told again; `hasSecret` says that there is one. */
export const Trunk = Type.Object({
  name: TrunkName,
  ...trunkFields,
  /** With what challenges of the trunk are answered (RFC 3261 §22). */
  credentials: Type.Optional(Type.Object({ username: text(128), hasSecret: Type.Boolean() })),
  /** Where the trunk wants to be registered with (RFC 3261 §10). */
  registration: Type.Optional(Type.Object(registrationFields)),
  admission: Type.Object({ ...admissionFields, digest: Type.Optional(Type.Object({ username: text(128), hasSecret: Type.Boolean() })) }),
  health: TrunkHealth,
});
export type Trunk = Static<typeof Trunk>;
export const TrunkList = Type.Object({ value: Type.Array(Trunk) });
export type TrunkList = Static<typeof TrunkList>;

/** Makes a trunk, or replaces what it is. What is left out has the value of the preset; a secret that is left out stays as it is. */
export const PutTrunkRequest = Type.Object({
  ...Type.Partial(Type.Object(trunkFields)).properties,
  profile: Type.Optional(Type.Partial(TrunkProfile)),
  credentials: Type.Optional(Type.Object({ username: text(128), secret: Type.Optional(text(256)) })),
  registration: Type.Optional(Type.Object({ ...registrationFields, expiresSeconds: Type.Optional(registrationFields.expiresSeconds) })),
  admission: Type.Optional(Type.Object({
    addresses: Type.Optional(admissionFields.addresses),
    tlsNames: Type.Optional(admissionFields.tlsNames),
    digest: Type.Optional(Type.Object({ username: text(128), secret: Type.Optional(text(256)) })),
  })),
});
export type PutTrunkRequest = Static<typeof PutTrunkRequest>;
export const TrunkPath = Type.Object({ trunk: TrunkName });

/** A family of carriers or exchanges, and how its trunks are set. */
export const TrunkPreset = Type.Object({
  name: text(64),
  title: Type.String(),
  /** What to know about it, in a sentence. */
  note: Type.String(),
  transport: trunkFields.transport,
  port: trunkFields.port,
  profile: TrunkProfile,
});
export type TrunkPreset = Static<typeof TrunkPreset>;
export const TrunkPresetList = Type.Object({ value: Type.Array(TrunkPreset) });
export type TrunkPresetList = Static<typeof TrunkPresetList>;

import { isIP } from 'node:net';
import type { PutTrunkRequest, Trunk, TrunkProfile } from '@dialplane/calling-api';
import { isKnownCountry } from '@dialplane/routing';
import { refusal, type Answer, done } from '../administration/answer.ts';
import { digestSecrets, type DigestSecrets } from '../devices/digest-secrets.ts';
import { AddressRanges } from './address-ranges.ts';
import { trunkPreset } from './trunk-presets.ts';

/** What a trunk is, with nothing in it that is secret. */
export type TrunkSettings = Omit<Trunk, 'health' | 'credentials' | 'admission'> & {
  readonly credentials?: { readonly username: string };
  readonly admission: Omit<Trunk['admission'], 'digest'> & { readonly digest?: { readonly username: string } };
};

/** What of a trunk is secret: in the store, and in no answer and no log. */
export interface TrunkSecrets {
  /** For the carrier's challenges. */
  readonly password?: string;
  /** By which requests of the trunk are verified. */
  readonly digest?: DigestSecrets;
}

/** A trunk as the book has it. */
export interface TrunkEntry {
  readonly settings: TrunkSettings;
  readonly secrets: TrunkSecrets;
}

const presetExpiresSeconds = 600;
const presetOptionsIntervalSeconds = 60;

/** The trunk that a request makes of the one before, or what is wrong with it. @param realm of digests that we ask for. */
export function trunkOf(name: string, request: PutTrunkRequest, before: TrunkEntry | undefined, realm: string): Answer<TrunkEntry> {
  const preset = trunkPreset(request.preset ?? 'generic');
  if (preset === undefined) return refusal('REQUEST_INVALID', `There is no preset called ${request.preset}.`, 'body.preset');
  const profile: TrunkProfile = { ...preset.profile, ...request.profile };
  const transport = request.transport ?? preset.transport;
  const settings: TrunkSettings = {
    name,
    isEnabled: request.isEnabled ?? true,
    transport,
    port: request.port ?? (transport === preset.transport ? preset.port : transport === 'tls' ? 5061 : 5060),
    addresses: request.addresses ?? [],
    preset: preset.name,
    profile,
    optionsIntervalSeconds: request.optionsIntervalSeconds ?? presetOptionsIntervalSeconds,
    limits: request.limits ?? {},
    ...(request.description !== undefined && { description: request.description }),
    ...(request.credentials !== undefined && { credentials: { username: request.credentials.username } }),
    ...(request.registration !== undefined && { registration: { ...request.registration, expiresSeconds: request.registration.expiresSeconds ?? presetExpiresSeconds } }),
    admission: {
      addresses: request.admission?.addresses ?? [],
      tlsNames: (request.admission?.tlsNames ?? []).map((one) => one.toLowerCase()),
      ...(request.admission?.digest !== undefined && { digest: { username: request.admission.digest.username } }),
    },
  };
  return fault(settings, request, before) ?? done({ settings, secrets: secretsOf(request, before, realm) });
}

function secretsOf({ credentials, admission }: PutTrunkRequest, before: TrunkEntry | undefined, realm: string): TrunkSecrets {
  const password = credentials === undefined ? undefined : (credentials.secret ?? before?.secrets.password);
  const digest = admission?.digest === undefined ? undefined
    : admission.digest.secret === undefined ? before?.secrets.digest : digestSecrets(admission.digest.username, realm, admission.digest.secret);
  return { ...(password !== undefined && { password }), ...(digest !== undefined && { digest }) };
}

function fault(settings: TrunkSettings, request: PutTrunkRequest, before: TrunkEntry | undefined) {
  const { profile, admission, transport } = settings;
  const invalid = (target: string, sentence: string) => refusal('REQUEST_INVALID', sentence, `body.${target}`);
  for (const [index, range] of admission.addresses.entries()) {
    if (!AddressRanges.isRange(range)) return invalid(`admission.addresses.${index}`, `${range} is neither an IP address nor a range of them, such as 198.51.100.0/24.`);
  }
  for (const way of ['numbersOut', 'numbersIn'] as const) {
    const { style, country } = profile[way];
    const isNational = style === 'national' || style === 'nationalWithoutPrefix';
    if (isNational && country === undefined) return invalid(`profile.${way}.country`, `Numbers in style ${style} need the country whose they are.`);
    if (country !== undefined && !isKnownCountry(country)) return invalid(`profile.${way}.country`, `There is no country ${country}.`);
  }
  if (settings.addresses.length === 0 && isIP(settings.name) !== 0) return invalid('addresses', 'A trunk is called by a name, not by an address; give its address here.');
  if (settings.registration !== undefined && settings.credentials === undefined) return invalid('credentials', 'Registering with a carrier takes credentials.');
  if (admission.tlsNames.length > 0 && transport !== 'tls') return invalid('admission.tlsNames', 'Only a trunk over TLS shows a certificate.');
  const signed = request.admission?.digest;
  if (signed !== undefined && signed.secret === undefined && before?.settings.admission.digest?.username !== signed.username) {
    return invalid('admission.digest.secret', 'A new username needs its secret with it.');
  }
  return undefined;
}

import type { VoiceRoute } from '@dialplane/calling-api';
import { AzureError } from '../azure-error.ts';
import { parseObject } from '../json-body.ts';
import type { SipConfigurationPatch } from './sip-routing-source.ts';

/** What is wrong with a patch: Azure's codes and sentences (its `SipRoutingError`). */
const faults = {
  EmptyPatch: 'Patch with no data provided.',
  InvalidTrunkFqdn: 'Trunk with an invalid FQDN.',
  InvalidTrunkSipSignalingPort: 'Trunk with an invalid SIP signaling port.',
  InvalidRouteName: 'Route with an invalid name.',
  InvalidRouteNumberPattern: 'Route with an invalid number pattern.',
  InvalidRouteDescription: 'Route with an invalid description.',
  InvalidRouteTrunk: 'Route with an invalid trunk.',
} as const;

const fqdnForm = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i;
const maxRoutes = 250;
const maxTrunksOfRoute = 250;
const maxTrunksOfPatch = 1000;

/** The error that Azure answers a configuration with that it cannot take. */
export function unprocessable(code: string, message: string): AzureError {
  return new AzureError('CONFIGURATION_UNPROCESSABLE', { inner: { code, message } });
}

function fault(code: keyof typeof faults, detail = ''): AzureError {
  return unprocessable(code, detail === '' ? faults[code] : `${faults[code]} (${detail})`);
}

/** The patch in a body (swagger SipRouting 2023-03-01: lengths, ports, counts). Throws {@link AzureError}. */
export function parseSipPatch(body: Uint8Array): SipConfigurationPatch {
  const { trunks: givenTrunks, routes: givenRoutes } = parseObject(body);
  const trunks = givenTrunks === undefined || givenTrunks === null ? undefined : parseTrunks(givenTrunks);
  const routes = givenRoutes === undefined || givenRoutes === null ? undefined : parseRoutes(givenRoutes);
  const isEmpty = routes === undefined && (trunks === undefined || Object.keys(trunks).length === 0);
  if (isEmpty) throw fault('EmptyPatch');
  return { ...(trunks !== undefined && { trunks }), ...(routes !== undefined && { routes }) };
}

function parseTrunks(given: unknown): NonNullable<SipConfigurationPatch['trunks']> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw fault('InvalidTrunkFqdn', 'trunks is an object of trunks by their FQDN');
  const entries = Object.entries(given as Readonly<Record<string, unknown>>);
  if (entries.length > maxTrunksOfPatch) throw fault('InvalidTrunkFqdn', `a patch has ${maxTrunksOfPatch} trunks at most`);
  return Object.fromEntries(entries.map(([fqdn, trunk]) => {
    if (!fqdnForm.test(fqdn)) throw fault('InvalidTrunkFqdn');
    return [fqdn, trunk === null ? null : { sipSignalingPort: parsePort(trunk) }];
  }));
}

function parsePort(trunk: unknown): number {
  const port = typeof trunk === 'object' && trunk !== null && 'sipSignalingPort' in trunk ? trunk.sipSignalingPort : undefined;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) throw fault('InvalidTrunkSipSignalingPort');
  return port;
}

function parseRoutes(given: unknown): readonly VoiceRoute[] {
  if (!Array.isArray(given) || given.length > maxRoutes) throw fault('InvalidRouteName', `routes is a list of ${maxRoutes} routes at most`);
  return given.map((one: unknown) => {
    const { name, description, numberPattern, trunks } = (typeof one === 'object' && one !== null ? one : {}) as Readonly<Record<string, unknown>>;
    if (!isText(name, 1, 256)) throw fault('InvalidRouteName');
    if (!isText(numberPattern, 1, 1024)) throw fault('InvalidRouteNumberPattern');
    if (description !== undefined && description !== null && !isText(description, 0, 1024)) throw fault('InvalidRouteDescription');
    const names: readonly unknown[] = Array.isArray(trunks) ? trunks : [];
    const isAbsent = trunks === undefined || trunks === null;
    if ((!isAbsent && !Array.isArray(trunks)) || names.length > maxTrunksOfRoute || !names.every((trunk) => isText(trunk, 1, 253))) throw fault('InvalidRouteTrunk');
    return { name, numberPattern, trunks: names as string[], ...(typeof description === 'string' && { description }) };
  });
}

function isText(value: unknown, least: number, most: number): value is string {
  return typeof value === 'string' && value.length >= least && value.length <= most;
}

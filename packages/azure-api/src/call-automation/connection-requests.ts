import type { ApplicationOperation } from '@dialplane/applications-api';
import { resourceOfUser, type CustomContext } from '@dialplane/calling-api';
import type { FastifyRequest } from 'fastify';
import { AzureError } from '../azure-error.ts';
import { parseIdentifier } from './identifier.ts';

type Fields = Readonly<Record<string, unknown>>;

const mostUriCharacters = 2048;
const mostContextCharacters = 5000;
const mostNameCharacters = 256;
const mostHeaders = 16;

/** Refuses a request for a field of it. */
export function invalid(target: string, detail: string): AzureError {
  return new AzureError('CALL_REQUEST_INVALID', { target, detail });
}

/** OASIS Repeatable Requests 1.0. */
export function requestIdOf(request: FastifyRequest): string | undefined {
  const given = request.headers['repeatability-request-id'];
  return typeof given === 'string' && given !== '' && given.length <= 64 ? given : undefined;
}

export function requireText(fields: Fields, name: string, most: number): string {
  const text = optionalText(fields, name, most);
  if (text === undefined || text === '') throw invalid(name, `${name} is needed`);
  return text;
}

export function optionalText(fields: Fields, name: string, most: number): string | undefined {
  const given = fields[name];
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'string' && given.length <= most) return given;
  throw invalid(name, `${name} is a string of ${most} characters at most`);
}

export function callbackUriOf(fields: Fields): string {
  return requireText(fields, 'callbackUri', mostUriCharacters);
}

/** Names an operation; the same request again names the same one. */
export function operationOf(fields: Fields, operationId: string): ApplicationOperation {
  const callbackUri = optionalText(fields, 'operationCallbackUri', mostUriCharacters);
  return { operationId, ...operationContextOf(fields), ...(callbackUri !== undefined && { callbackUri }) };
}

export function operationContextOf(fields: Fields): { readonly operationContext?: string } {
  const operationContext = optionalText(fields, 'operationContext', mostContextCharacters);
  return operationContext === undefined ? {} : { operationContext };
}

/** The raw identifier of a user or telephone number. */
export function participantOf(fields: Fields, name: string): string {
  return rawIdOf(fields[name], name);
}

export function participantsOf(fields: Fields, name: string, most: number): string[] {
  const given = fields[name];
  if (!Array.isArray(given) || given.length === 0 || given.length > most) throw invalid(name, `${name} is a list of 1 to ${most} participants`);
  return given.map((one) => rawIdOf(one, name));
}

function rawIdOf(given: unknown, name: string): string {
  const party = parseIdentifier(given);
  if (party === undefined) throw invalid(name, `${name} is a communication user or a phone number in E.164 form`);
  return party.kind === 'user' ? party.identifier : `4:${party.number}`;
}

/** The number that telephones are shown. */
export function callerIdOf(fields: Fields): { readonly alternateCallerId?: string } {
  const given = fields['sourceCallerIdNumber'];
  if (given === undefined || given === null) return {};
  const party = parseIdentifier({ phoneNumber: given });
  if (party?.kind !== 'number') throw invalid('sourceCallerIdNumber', 'sourceCallerIdNumber.value is a phone number in E.164 form');
  return { alternateCallerId: `4:${party.number}` };
}

export function callerNameOf(fields: Fields): { readonly callerName?: string } {
  const callerName = optionalText(fields, 'sourceDisplayName', mostNameCharacters);
  return callerName === undefined || callerName === '' ? {} : { callerName };
}

/** As which user of its resource the application takes part, where it says so. */
export function applicationOf(fields: Fields, name: 'source' | 'answeredBy', resourceId: string): { readonly identifier?: string } {
  const given = fields[name];
  if (given === undefined || given === null) return {};
  const party = parseIdentifier({ communicationUser: given });
  if (party?.kind !== 'user' || resourceOfUser(party.identifier) !== resourceId) throw invalid(name, `${name} is a communication user of this resource`);
  return { identifier: party.identifier };
}

/** What goes along with the call, as Azure writes it: headers by their whole names. */
export function customContextOf(fields: Fields): { readonly customContext?: CustomContext } {
  const given = fields['customCallingContext'] as { readonly sipHeaders?: unknown; readonly voipHeaders?: unknown } | null | undefined;
  if (given === undefined || given === null) return {};
  const { 'User-To-User': userToUser, ...sip } = headersOf(given.sipHeaders);
  const sipHeaders = Object.entries(sip).map(([name, value]) => {
    const sipHeaderPrefix = ['X-MS-Custom-', 'X-'].find((prefix) => name.startsWith(prefix)) ?? '';
    return { key: name.slice(sipHeaderPrefix.length), value, sipHeaderPrefix };
  });
  const voipHeaders = Object.entries(headersOf(given.voipHeaders)).map(([key, value]) => ({ key, value }));
  if (userToUser === undefined && sipHeaders.length + voipHeaders.length === 0) return {};
  return { customContext: { ...(userToUser !== undefined && { userToUser }), ...(sipHeaders.length > 0 && { sipHeaders }), ...(voipHeaders.length > 0 && { voipHeaders }) } };
}

function headersOf(given: unknown): Readonly<Record<string, string>> {
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const isFit = entries.length <= mostHeaders && entries.every(([key, value]) => key.length <= 64 && typeof value === 'string' && value.length <= 1024);
  if (!isFit) throw invalid('customCallingContext', `customCallingContext has ${mostHeaders} headers of a kind at most, each of 1024 characters at most`);
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
}

/** Refuses what this server does not do for an application, instead of leaving it out silently. */
export function refuseUnsupported(fields: Fields): void {
  for (const name of ['mediaStreamingOptions', 'transcriptionOptions'] as const) {
    if (fields[name] !== undefined && fields[name] !== null) throw invalid(name, `this server has no ${name === 'mediaStreamingOptions' ? 'media streaming' : 'transcription'} for applications`);
  }
}

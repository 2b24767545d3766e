import type { KeyChoice, MediaRequest, PlayRequest, RecognitionRequest, SoundSource } from '@dialplane/applications-api';
import { invalid, optionalText, participantOf, requireText } from './connection-requests.ts';

type Fields = Readonly<Record<string, unknown>>;

const mostSources = 100;
const mostTargets = 50;
const mostUriCharacters = 4096;
const mostIdCharacters = 256;
const mostTones = 100;
const mostChoices = 100;
const seconds = { initialSilence: { preset: 5, most: 300 }, interTone: { preset: 2, most: 60 } };

/** Azure's names of keys. */
const tones: Readonly<Record<string, string>> = {
  zero: '0', one: '1', two: '2', three: '3', four: '4', five: '5', six: '6', seven: '7', eight: '8', nine: '9', a: 'A', b: 'B', c: 'C', d: 'D', pound: '#', asterisk: '*',
};

/** What is to be played, and for whom; nobody in particular is everybody. */
export function playRequestOf(fields: Fields): Pick<MediaRequest, 'sources'> & { readonly request: PlayRequest } {
  const { playTo } = fields;
  if (!Array.isArray(playTo) || playTo.length > mostTargets) throw invalid('playTo', `playTo is a list of ${mostTargets} participants at most; an empty one is everybody`);
  const to = playTo.map((target: unknown) => participantOf({ playTo: target }, 'playTo'));
  return { request: { kind: 'play', to: to.length === 0 ? 'all' : to, isLooped: objectOf(fields['playOptions'])['loop'] === true }, sources: sourcesOf(fields['playSources'], 'playSources') };
}

/** What is asked, and the prompt before it. There is no recognition of speech here. */
export function recognitionOf(fields: Fields): Pick<MediaRequest, 'sources'> & { readonly request: RecognitionRequest } {
  const options = objectOf(fields['recognizeOptions']);
  const { playPrompt, playPrompts } = fields;
  const sources = Array.isArray(playPrompts) && playPrompts.length > 0 ? sourcesOf(playPrompts, 'playPrompts') : playPrompt === undefined || playPrompt === null ? [] : sourcesOf([playPrompt], 'playPrompt');
  const dtmf = objectOf(options['dtmfOptions']);
  return {
    sources,
    request: {
      kind: 'recognize', target: participantOf(options, 'targetParticipant'), hasPrompt: sources.length > 0, isPromptInterruptible: options['interruptPrompt'] === true,
      initialSilenceMs: milliseconds(options, 'initialSilenceTimeoutInSeconds', seconds.initialSilence), interToneMs: milliseconds(dtmf, 'interToneTimeoutInSeconds', seconds.interTone),
      expected: expectedOf(fields['recognizeInputType'], options, dtmf),
    },
  };
}

/** Keys by Azure's names, at least one. */
export function tonesOf(given: unknown, name: string): string {
  if (!Array.isArray(given) || given.length === 0 || given.length > mostTones) throw invalid(name, `${name} is a list of 1 to ${mostTones} tones`);
  return given.map((tone: unknown) => toneOf(tone, name)).join('');
}

export function sourceOf(given: unknown, name: string): SoundSource {
  const source = objectOf(given);
  const { kind } = source;
  if (kind === 'text' || kind === 'ssml') throw invalid(name, 'this server makes no speech from text: give a file source');
  if (kind !== 'file') throw invalid(name, `${name} is a file source`);
  const url = requireText(objectOf(source['file']), 'uri', mostUriCharacters);
  if (!/^https?:\/\//i.test(url)) throw invalid(name, 'the uri of a file source is an http or https address');
  const cacheId = optionalText(source, 'playSourceCacheId', mostIdCharacters);
  return { url, ...(cacheId !== undefined && cacheId !== '' && { cacheId }) };
}

function sourcesOf(given: unknown, name: string): readonly SoundSource[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > mostSources) throw invalid(name, `${name} is a list of 1 to ${mostSources} sources`);
  return given.map((source: unknown) => sourceOf(source, name));
}

function expectedOf(type: unknown, options: Fields, dtmf: Fields): RecognitionRequest['expected'] {
  if (type === 'choices') return { kind: 'choice', choices: choicesOf(options['choices']) };
  if (type !== 'dtmf') throw invalid('recognizeInputType', 'this server recognizes keys and no speech: recognizeInputType is dtmf or choices');
  const { maxTonesToCollect: most, stopTones } = dtmf;
  if (most !== undefined && most !== null && !(Number.isInteger(most) && Number(most) >= 1 && Number(most) <= mostTones)) throw invalid('maxTonesToCollect', `maxTonesToCollect is a whole number from 1 to ${mostTones}`);
  return { kind: 'keys', stopTones: Array.isArray(stopTones) && stopTones.length > 0 ? tonesOf(stopTones, 'stopTones') : '', ...(typeof most === 'number' && { mostTones: most }) };
}

function choicesOf(given: unknown): readonly KeyChoice[] {
  if (!Array.isArray(given) || given.length === 0 || given.length > mostChoices) throw invalid('choices', `choices is a list of 1 to ${mostChoices}`);
  return given.map((one: unknown) => {
    const choice = objectOf(one);
    if (choice['tone'] === undefined) throw invalid('choices', 'this server recognizes keys and no speech: each choice needs a tone');
    return { label: requireText(choice, 'label', mostIdCharacters), tone: toneOf(choice['tone'], 'choices') };
  });
}

function toneOf(given: unknown, name: string): string {
  const tone = typeof given === 'string' && Object.hasOwn(tones, given) ? tones[given] : undefined;
  if (tone === undefined) throw invalid(name, `${name} has a tone that is none of ${Object.keys(tones).join(', ')}`);
  return tone;
}

function milliseconds(fields: Fields, name: string, { preset, most }: { readonly preset: number; readonly most: number }): number {
  const given = fields[name] ?? preset;
  if (typeof given === 'number' && given > 0 && given <= most) return given * 1000;
  throw invalid(name, `${name} is a number up to ${most}`);
}

function objectOf(given: unknown): Fields {
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Fields) : {};
}

import type { MediaOperationEvent, SoundFailure } from '@dialplane/call';
import { identifierModel } from '@dialplane/calling-api';

/** What Azure calls what came of something that was played or asked, without the prefix, and what it says of it. */
export interface MediaWords {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** An event of a media operation in Azure's words (Call Automation: play, recognize and hold actions). */
export function mediaWords(event: MediaOperationEvent): MediaWords {
  switch (event.kind) {
    case 'playStarted':
      return succeeded('PlayStarted');
    case 'playCompleted':
      return succeeded('PlayCompleted');
    case 'playCancelled':
      return { name: 'PlayCanceled', data: cancelled };
    case 'playFailed':
      return { name: 'PlayFailed', data: failure(event.failure, 0) };
    case 'recognitionCancelled':
      return { name: 'RecognizeCanceled', data: cancelled };
    case 'recognitionPromptFailed':
      return { name: 'RecognizeFailed', data: failure(event.failure, promptFailed) };
    case 'recognitionFailed':
      return { name: 'RecognizeFailed', data: { resultInformation: { code: 400, ...failedRecognitions[event.why] } } };
    case 'tonesRecognized':
      return succeeded('RecognizeCompleted', { recognitionType: 'dtmf', dtmfResult: { tones: [...event.tones].map(toneName) } }, endedBy[event.endedBy]);
    case 'choiceRecognized':
      return succeeded('RecognizeCompleted', { recognitionType: 'choices', choiceResult: { label: event.label } }, { subCode: 8533, message: 'The key of a choice was pressed.' });
    case 'toneHeard':
      return succeeded('ContinuousDtmfRecognitionToneReceived', { sequenceId: event.sequenceId, tone: toneName(event.tone), targetParticipant: identifierModel(event.target) });
    case 'toneListeningStopped':
      return succeeded('ContinuousDtmfRecognitionStopped');
    case 'tonesSent':
      return succeeded('SendDtmfTonesCompleted');
    case 'tonesNotSent':
      return { name: 'SendDtmfTonesFailed', data: { resultInformation: { code: 410, subCode: 0, message: 'The participant left before all keys were pressed.' } } };
    case 'holdFailed':
      return { name: 'HoldFailed', data: failure(event.failure, 0) };
  }
}

const cancelled = { resultInformation: { code: 400, subCode: 8508, message: 'The operation was cancelled.' } };
const promptFailed = 8511;
const failedRecognitions = {
  initialSilence: { subCode: 8510, message: 'No key was pressed in time.' },
  interToneSilence: { subCode: 8532, message: 'No further key was pressed in time.' },
  incorrectTone: { subCode: 8534, message: 'A key was pressed that stands for no choice.' },
};
const endedBy = {
  mostTones: { subCode: 8531, message: 'As many keys were pressed as were asked for.' },
  stopTone: { subCode: 8514, message: 'A key was pressed that ends the others.' },
};
const toneNames: Readonly<Record<string, string>> = {
  0: 'zero', 1: 'one', 2: 'two', 3: 'three', 4: 'four', 5: 'five', 6: 'six', 7: 'seven', 8: 'eight', 9: 'nine', A: 'a', B: 'b', C: 'c', D: 'd', '#': 'pound', '*': 'asterisk',
};

function toneName(tone: string): string {
  return toneNames[tone] ?? tone;
}

function succeeded(name: string, data: Readonly<Record<string, unknown>> = {}, how = { subCode: 0, message: 'Action completed successfully.' }): MediaWords {
  return { name, data: { ...data, resultInformation: { code: 200, ...how } } };
}

/** @param otherwise the sub-code of what is not the file's fault. */
function failure({ reason, sourceIndex, sentence }: SoundFailure, otherwise: number): Readonly<Record<string, unknown>> {
  const subCodes: Partial<Record<SoundFailure['reason'], number>> = { unreachable: 8536, unplayable: 8535 };
  const subCode = subCodes[reason];
  return { failedPlaySourceIndex: sourceIndex, resultInformation: { code: subCode === undefined ? 500 : 400, subCode: subCode ?? otherwise, message: sentence } };
}

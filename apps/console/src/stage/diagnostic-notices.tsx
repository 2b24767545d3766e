import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { ReactNode } from 'react';

/** Diagnostics a person can do something about; the rest stands in the call flow. */
const sentences: Readonly<Record<string, string>> = {
  noNetwork: 'This computer has no network: check its cable or Wi-Fi.',
  networkReconnect: 'The connection is lost. Trying to get it back…',
  networkReceiveQuality: 'What you receive arrives badly: the network is overloaded.',
  networkSendQuality: 'Others may not hear you well: the network is overloaded.',
  networkRelaysNotReachable: 'The relay cannot be reached; behind a strict firewall there will be no media.',
  speakingWhileMicrophoneIsMuted: 'You are speaking, but you are muted.',
  microphoneNotFunctioning: 'Your microphone gives no sound: check that it is plugged in and not switched off.',
  microphoneMuteUnexpectedly: 'Your microphone was muted by the system or by another program.',
  microphonePermissionDenied: 'The system does not let this browser use the microphone.',
  noMicrophoneDevicesEnumerated: 'No microphone was found.',
  noSpeakerDevicesEnumerated: 'No speaker was found.',
  cameraFreeze: 'Your camera has stopped giving pictures.',
  cameraStartFailed: 'Your camera could not be started: another program may hold it.',
  cameraStartTimedOut: 'Your camera does not start.',
  cameraStoppedUnexpectedly: 'Your camera was stopped.',
  cameraPermissionDenied: 'The system does not let this browser use the camera.',
  capturerStartFailed: 'The screen could not be shared.',
  capturerStoppedUnexpectedly: 'Sharing of the screen has stopped.',
};

/** One line for each thing that is wrong now. */
export function DiagnosticNotices({ names }: { readonly names: ReadonlySet<string> }): ReactNode {
  const shown = [...names].flatMap((name) => (sentences[name] === undefined ? [] : [{ name, sentence: sentences[name] }]));
  return shown.map(({ name, sentence }) => (
    <MessageBar key={name} layout="multiline" intent={name === 'speakingWhileMicrophoneIsMuted' ? 'info' : 'warning'} politeness="polite">
      <MessageBarBody>{sentence}</MessageBarBody>
    </MessageBar>
  ));
}

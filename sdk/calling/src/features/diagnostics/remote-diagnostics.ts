import type { CallInternals } from '../../call-internals.ts';
import { DiagnosticQuality } from '../../enumerations.ts';
import { EventEmitter } from '../../event-emitter.ts';
import { rawIdOf } from '../../identifiers.ts';
import type {
  LatestDiagnosticValue, MediaDiagnosticType, NetworkDiagnosticType, RemoteDiagnostic, RemoteDiagnostics, RemoteDiagnosticsEvents, RemoteDiagnosticType,
  RemoteParticipantDiagnosticsData,
} from '../../public/diagnostics.ts';
import { frameLink, type ArrivedMessage, type FrameLink } from '../data-channel/frame-link.ts';
import type { DiagnosticBoard } from './diagnostic-board.ts';

/** Which value each diagnostic has: also the list of what is accepted from others. */
const valueTypes: Record<RemoteDiagnosticType, LatestDiagnosticValue['valueType']> = {
  noNetwork: 'DiagnosticFlag', networkRelaysNotReachable: 'DiagnosticFlag', networkReconnect: 'DiagnosticQuality',
  networkReceiveQuality: 'DiagnosticQuality', networkSendQuality: 'DiagnosticQuality', serverConnection: 'DiagnosticQuality',
  noSpeakerDevicesEnumerated: 'DiagnosticFlag', noMicrophoneDevicesEnumerated: 'DiagnosticFlag', speakingWhileMicrophoneIsMuted: 'DiagnosticFlag',
  microphoneNotFunctioning: 'DiagnosticFlag', microphoneMuteUnexpectedly: 'DiagnosticFlag', microphonePermissionDenied: 'DiagnosticFlag',
  microphoneNotMuteButSilent: 'DiagnosticFlag', cameraFreeze: 'DiagnosticFlag', cameraStartFailed: 'DiagnosticFlag', cameraStartTimedOut: 'DiagnosticFlag',
  cameraStoppedUnexpectedly: 'DiagnosticFlag', cameraPermissionDenied: 'DiagnosticFlag', capturerStartFailed: 'DiagnosticFlag',
  capturerStoppedUnexpectedly: 'DiagnosticFlag', screenshareRecordingDisabled: 'DiagnosticFlag',
};

/** Diagnostics of this client sent to the others, when the application wants it, and theirs received. */
export class RemoteDiagnosticsExchange extends EventEmitter<RemoteDiagnosticsEvents> implements RemoteDiagnostics {
  private readonly call: CallInternals;
  private readonly link: FrameLink;
  private readonly latest = new Map<string, RemoteDiagnostic>();
  private isSending = false;
  private sequenceNumber = 0;

  constructor(call: CallInternals, boards: ReadonlyArray<DiagnosticBoard<NetworkDiagnosticType> | DiagnosticBoard<MediaDiagnosticType>>) {
    super();
    this.call = call;
    this.link = call.call.feature(frameLink);
    this.link.onMessage('diagnostic', (message) => this.receive(message));
    const send = (args: { readonly diagnostic: RemoteDiagnosticType; readonly value: LatestDiagnosticValue['value'] }) => this.send(args.diagnostic, args.value);
    for (const board of boards) board.on('diagnosticChanged', send);
    call.onSignalingChanged(() => this.send('serverConnection', call.isSignalingConnected() ? DiagnosticQuality.Good : DiagnosticQuality.Bad));
  }

  get isSendingDiagnosticsEnabled(): boolean {
    return this.isSending;
  }

  startSendingDiagnostics(): void {
    this.isSending = true;
  }

  stopSendingDiagnostics(): void {
    this.isSending = false;
  }

  getLatest(): RemoteParticipantDiagnosticsData {
    return { diagnostics: [...this.latest.values()] };
  }

  /** What cannot be sent now is not sent: the network is the likely reason for the diagnostic. */
  private send(diagnostic: RemoteDiagnosticType, value: LatestDiagnosticValue['value']): void {
    if (!this.isSending) return;
    this.sequenceNumber = (this.sequenceNumber + 1) >>> 0;
    const payload = new TextEncoder().encode(JSON.stringify({ diagnostic, value }));
    this.link.send('durable', { kind: 'diagnostic', channelId: 0, sequenceNumber: this.sequenceNumber, payload }).catch((error: unknown) => {
      this.call.platform.logger.verbose('a diagnostic was not sent', error);
    });
  }

  private receive({ sender, payload }: ArrivedMessage): void {
    const report = parseReport(payload);
    if (report === undefined) return;
    const rawId = rawIdOf(sender);
    const participant = this.call.call.remoteParticipants.find(({ identifier }) => rawIdOf(identifier) === rawId);
    const diagnostic: RemoteDiagnostic = { ...report, participantId: participant?.endpointDetails[0]?.participantId ?? '', rawId, identifier: sender };
    this.latest.set(`${rawId} ${report.diagnostic}`, diagnostic);
    this.emit('diagnosticChanged', { diagnostics: [diagnostic] });
  }
}

/** Only known names with a value of their type; anything else of a stranger is dropped. */
function parseReport(payload: Uint8Array): (LatestDiagnosticValue & { diagnostic: RemoteDiagnosticType }) | undefined {
  let report: unknown;
  try {
    report = JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
  if (typeof report !== 'object' || report === null || !('diagnostic' in report) || !('value' in report)) return undefined;
  const { diagnostic, value } = report;
  if (typeof diagnostic !== 'string' || !Object.hasOwn(valueTypes, diagnostic)) return undefined;
  const name = diagnostic as RemoteDiagnosticType;
  if (valueTypes[name] === 'DiagnosticFlag') return typeof value === 'boolean' ? { diagnostic: name, value, valueType: 'DiagnosticFlag' } : undefined;
  return value === 1 || value === 2 || value === 3 ? { diagnostic: name, value, valueType: 'DiagnosticQuality' } : undefined;
}

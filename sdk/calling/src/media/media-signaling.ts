import type { ClientFlowDetail, IceCandidate, MediaDescription, ReportMediaRequest, WantedStream } from '@dialplane/calling-api';
import type { MediaCause } from './connection/connection-monitor.ts';

/** The signaling of media sessions; requests of one call. */
export interface MediaSignaling {
  sendDescription(mediaSessionId: string, description: MediaDescription): Promise<void>;
  sendCandidates(mediaSessionId: string, candidates: IceCandidate[]): Promise<void>;
  wantStreams(mediaSessionId: string, wanted: WantedStream[]): Promise<void>;
  reportMedia(mediaSessionId: string, state: ReportMediaRequest['state'], cause?: MediaCause): Promise<void>;
  reportFlow(detail: ClientFlowDetail): void;
}

/** The sides of RTCPeerConnection that its watchers read, in the hand of a test. */
export class TestPeerConnection extends EventTarget {
  connectionState: RTCPeerConnectionState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  iceGatheringState: RTCIceGatheringState = 'new';
  configuration: RTCConfiguration = {};
  /** Of its one section. */
  direction: RTCRtpTransceiverDirection = 'sendrecv';
  /** The packets that have arrived, as the statistics tell. */
  packetsReceived = 0;

  get asPeerConnection(): RTCPeerConnection {
    return this as unknown as RTCPeerConnection;
  }

  getConfiguration(): RTCConfiguration {
    return this.configuration;
  }

  getTransceivers(): ReadonlyArray<Pick<RTCRtpTransceiver, 'currentDirection'>> {
    return [{ currentDirection: this.direction }];
  }

  getReceivers(): readonly never[] {
    return [];
  }

  async getStats(): Promise<ReadonlyMap<string, unknown>> {
    const { packetsReceived } = this;
    return new Map([['transport', { id: 'transport', type: 'transport', packetsReceived }]]);
  }

  connection(connectionState: RTCPeerConnectionState, iceConnectionState: RTCIceConnectionState): void {
    Object.assign(this, { connectionState, iceConnectionState });
    this.dispatchEvent(new Event('iceconnectionstatechange'));
    this.dispatchEvent(new Event('connectionstatechange'));
  }

  gathers(iceGatheringState: RTCIceGatheringState): void {
    this.iceGatheringState = iceGatheringState;
    this.dispatchEvent(new Event('icegatheringstatechange'));
  }

  candidate(members: { readonly type: string; readonly url?: string; readonly relayProtocol?: string }): void {
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate: { candidate: 'candidate:1', ...members } }));
  }

  candidateError(members: { readonly url: string; readonly errorCode: number; readonly errorText: string }): void {
    this.dispatchEvent(Object.assign(new Event('icecandidateerror'), members));
  }
}

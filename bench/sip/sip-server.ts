/** Where a run takes place: one address, and the ports of server and generator. */
export interface SipPlaces {
  readonly host: string;
  readonly serverPort: number;
  readonly clientPort: number;
  readonly uasPort: number;
}

/** A server under load. */
export interface SipServer extends AsyncDisposable {
  /** All of its processes. */
  pids(): readonly number[];
}

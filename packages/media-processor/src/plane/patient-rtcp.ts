import { type DatagramFilter, filterCode } from '@dialplane/kernels';

const { loadByte, and, jumpIfEqual, return: end } = filterCode;
const mayWait = 1;
const mayNot = 0;

/**
 * RTCP that wakes nobody: reports, and feedback about the path (transport-wide feedback, REMB). A hundred clients send a thousand of them a second, and to be woken for one costs more than to
 * read ten. SRTCP leaves the type of the first packet in the clear (RFC 3711 §3.4). Feedback that somebody waits for, as a NACK or a request for a key frame, comes by itself (RFC 5506) and
 * does not wait.
 */
export const patientRtcp: DatagramFilter = Int32Array.of(
  // The type (RFC 3550 §6.1, RFC 5761 §4): sender report, receiver report, feedback about packets (RFC 4585 §6.2), about pictures (§6.3).
  loadByte, 0, 0, 1,
  jumpIfEqual, 6, 0, 200,
  jumpIfEqual, 5, 0, 201,
  jumpIfEqual, 1, 0, 205,
  jumpIfEqual, 0, 4, 206,
  // Its format: both have 15 for what is about the path.
  loadByte, 0, 0, 0,
  and, 0, 0, 0x1f,
  jumpIfEqual, 0, 1, 15,
  end, 0, 0, mayWait,
  end, 0, 0, mayNot,
);

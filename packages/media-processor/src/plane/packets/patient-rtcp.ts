import { type DatagramFilter, filterCode } from '@dialplane/kernels';

const { loadByte, loadHalf, loadLength, and, add, shiftLeft, toIndex, jumpIfEqual, jumpIfAboveIndex, return: end } = filterCode;
const mayWait = 1;
const mayNot = 0;
/** SRTCP has behind the packet its index and a tag of 16 bytes at most (RFC 3711 §3.4, RFC 7714 §9.1). */
const trailerBytes = 20;

/**
 * RTCP that wakes nobody: reports, and feedback about the path (transport-wide feedback, REMB), each by itself. A hundred clients send a thousand of them a second, and to be woken for one costs
 * more than to read ten. SRTCP leaves the type and length of the first packet in the clear (RFC 3711 §3.4). Feedback that somebody waits for, as a NACK or a request for a key frame, does not
 * wait, nor does what has anything behind it: the rest of a compound may be such feedback, and the system joins datagrams of one sender (UDP_SEGMENT), of which the next may be sound.
 */
export const patientRtcp: DatagramFilter = Int32Array.of(
  // The type (RFC 3550 §6.1, RFC 5761 §4): sender report, receiver report, feedback about packets (RFC 4585 §6.2), about pictures (§6.3).
  loadByte, 0, 0, 1,
  jumpIfEqual, 6, 0, 200,
  jumpIfEqual, 5, 0, 201,
  jumpIfEqual, 1, 0, 205,
  jumpIfEqual, 0, 11, 206,
  // Its format: both have 15 for what is about the path.
  loadByte, 0, 0, 0,
  and, 0, 0, 0x1f,
  jumpIfEqual, 0, 8, 15,
  // Its length, in words without the first (RFC 3550 §6.4.1).
  loadHalf, 0, 0, 2,
  add, 0, 0, 1,
  shiftLeft, 0, 0, 2,
  add, 0, 0, trailerBytes,
  toIndex, 0, 0, 0,
  loadLength, 0, 0, 0,
  jumpIfAboveIndex, 1, 0, 0,
  end, 0, 0, mayWait,
  end, 0, 0, mayNot,
);

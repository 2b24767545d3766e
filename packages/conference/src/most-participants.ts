/** Participants of one conference, as in ACS. */
export const mostParticipants = 350;

/** The stamps a path had on both sides when it was left different; undefined: nothing was there. */
export interface Parked {
  readonly local: string | undefined;
  readonly remote: string | undefined;
}

/** Whether what is parked is different content on both sides, which people are told of. */
export const isStandoff = ({ local, remote }: Parked): boolean => local !== undefined && remote !== undefined;

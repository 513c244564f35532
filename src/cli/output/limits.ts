/** What hosts take for all environment variables together, in bytes. */
export const ENVIRONMENT_LIMITS = { small: 4_096, large: 65_536 } as const;

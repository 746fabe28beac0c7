import { type User } from '@a2a-js/sdk/server';

/** The SDK shows its extended card only to those whom it knows. */
export const KNOWN_USER = async (): Promise<User> => ({
  isAuthenticated: true,
  userName: 'somebody',
});

/** That of the package; a spec compares them. */
export const VERSION = '0.1.0';

import type { Finding } from "../finding.ts";

/** The sections of the ZIP specification (PKWARE APPNOTE 6.3) that findings are about. */
const sections: Readonly<Record<string, string>> = {
  ZIP_BAD_CRC: "4.4.7",
  ZIP_BAD_DIRECTORY: "4.3.12",
  ZIP_BAD_ENTRY: "4.3.7",
  ZIP_BAD_SIZE: "4.4.9",
  ZIP_ENCRYPTED: "4.4.4",
  ZIP_ESCAPING_NAME: "4.4.17",
  ZIP_NO_DIRECTORY: "4.3.16",
  ZIP_OVERLAP: "4.3.6",
  ZIP_REPEATED_NAME: "4.3.12",
  ZIP_UNKNOWN_METHOD: "4.4.5",
};

/** What a ZIP file does not keep to; each is an error, for something in it cannot be read or trusted. */
export function zipFinding(code: string, message: string, offset: number, done = "kept it as it is"): Finding {
  return { code, severity: "error", message, clause: `APPNOTE ${sections[code]}`, done, offset, plainOffset: offset };
}

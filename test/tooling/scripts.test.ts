import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isBorrowed, isInstalled } from "../../scripts/lib/install.mjs";
import { findService, installService, leavingOut, missingLine } from "../../scripts/lib/services.mjs";
import { isStale } from "../../scripts/lib/stale.mjs";
import { addCounts, countsIn, countTests, summaryLine } from "../../scripts/lib/summary.mjs";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "scripts-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a file below the test's folder, with the folders on the way to it. */
function write(name: string, content: string | object = "", mode = 0o644): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  chmodSync(file, mode);
  return file;
}

describe("finding a service", () => {
  const service = {
    name: "Lamp",
    project: "light",
    variable: "LAMP_PATH",
    commands: ["lamp", "lantern"],
    places: [] as string[],
    debianPackage: "lamp",
  };

  test("the environment's own choice comes first, and must be a program", () => {
    const chosen = write("chosen", "", 0o755);
    const onPath = write("bin/lamp", "", 0o755);
    const PATH = path.dirname(onPath);
    expect(findService(service, { LAMP_PATH: chosen, PATH })).toBe(chosen);
    expect(findService(service, { LAMP_PATH: "", PATH })).toBe(onPath);
    expect(() => findService(service, { LAMP_PATH: path.join(folder, "typo"), PATH })).toThrow(
      /LAMP_PATH names .*typo/,
    );
    expect(() => findService(service, { LAMP_PATH: write("no-program"), PATH })).toThrow(/LAMP_PATH names/);
  });

  test("then the PATH, in the order of the commands; what cannot be run does not count", () => {
    const lantern = write("one/lantern", "", 0o755);
    write("one/lamp", "not executable");
    const PATH = ["one", "two", "missing"].map((name) => path.join(folder, name)).join(path.delimiter);
    expect(findService(service, { PATH })).toBe(lantern);
    const lamp = write("two/lamp", "", 0o755);
    expect(findService(service, { PATH })).toBe(lamp);
  });

  test("then the usual places; then it is not there", () => {
    const place = write("Applications/Lamp", "", 0o755);
    expect(findService({ ...service, places: [place] }, { PATH: folder })).toBe(place);
    expect(findService(service, { PATH: folder })).toBeUndefined();
    expect(findService(service, {})).toBeUndefined();
  });

  test("a program that lacks what is needed does not count, wherever it is", () => {
    const checked = { ...service, check: ["--full"] };
    const empty = write("one/lamp", "#!/bin/sh\nfalse", 0o755);
    const PATH = path.dirname(empty);
    expect(findService(checked, { PATH })).toBeUndefined();
    expect(() => findService(checked, { LAMP_PATH: empty })).toThrow(/which is not Lamp/);
    const full = write("two/lamp", '#!/bin/sh\n[ "$1" = --full ]', 0o755);
    expect(findService(checked, { PATH: [PATH, path.dirname(full)].join(path.delimiter) })).toBe(full);
    expect(findService({ ...checked, places: [full] }, { PATH })).toBe(full);
    expect(findService(checked, { LAMP_PATH: full })).toBe(full);
  });

  test("a place may stand for every version of a program, the newest first", () => {
    const places = [path.join(folder, "lib/lamp-*/bin/lamp")];
    expect(findService({ ...service, places }, {})).toBeUndefined();
    for (const version of ["9", "10"]) write(`lib/lamp-${version}/bin/lamp`, "", 0o755);
    write("lib/lamp-11/bin/lamp", "not executable");
    write("lib/oil-12/bin/lamp", "", 0o755);
    expect(findService({ ...service, places }, {})).toBe(path.join(folder, "lib/lamp-10/bin/lamp"));
  });

  test("a project that needs several services is left out once, whichever are missing", () => {
    const [match, door] = [
      { ...service, name: "Match" },
      { ...service, project: "house" },
    ];
    expect(leavingOut([])).toEqual([]);
    expect(leavingOut([service, match, door])).toEqual(["--project=!light", "--project=!house"]);
  });

  test("what is missing is said in one line that names the way out", () => {
    expect(missingLine(service)).toBe("Lamp was not found. Put lamp on the PATH or its path into LAMP_PATH.");
  });

  describe("installing it", () => {
    beforeEach(() => {
      vi.spyOn(console, "log").mockReturnValue();
      vi.spyOn(console, "error").mockReturnValue();
      vi.stubEnv("PATH", folder);
    });
    afterEach(() => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
    });
    const user = (id: number) => vi.spyOn(process, "getuid").mockReturnValue(id);
    const lamp = () => path.join(folder, "lamp");
    /** An apt-get that notes what it is asked, and gives a lamp. */
    const aptGet = (outcome = "true") =>
      write(
        "apt-get",
        `#!/bin/sh\necho "$@" >> ${folder}/asked\n${outcome}\n[ "$1" = update ] && exit 0\ntrue > ${lamp()}\n/bin/chmod +x ${lamp()}\n`,
        0o755,
      );

    test("root on a Debian gets the package, and the path of what it brought", async () => {
      user(0);
      aptGet();
      expect(await installService(service)).toBe(lamp());
      expect(readFileSync(path.join(folder, "asked"), "utf8")).toBe(
        "update\ninstall -y --no-install-recommends lamp\n",
      );
    });

    test("anybody else, and any other system, is left alone", async () => {
      user(0);
      expect(await installService(service)).toBeUndefined();
      user(1000);
      aptGet();
      expect(await installService(service)).toBeUndefined();
      expect(existsSync(path.join(folder, "asked"))).toBe(false);
    });

    test("an apt-get that fails is reported, not taken for success", async () => {
      user(0);
      aptGet("exit 100");
      expect(await installService(service)).toBeUndefined();
      expect(console.error).toHaveBeenCalledWith(expect.stringMatching(/^apt-get update failed/));
    });
  });
});

describe("what is installed, by npm's own record", () => {
  const wanted = {
    "": { name: "project" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/for-another-platform": { version: "1.0.0", optional: true },
  };
  const installed = { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } };
  const record = (packages: object) => write("node_modules/.package-lock.json", { packages });

  beforeEach(() => {
    write("package-lock.json", { packages: wanted });
  });

  test("everything but packages for other platforms must be there", () => {
    record(installed);
    expect(isInstalled(folder)).toBe(true);
  });

  test("a link to another checkout's packages is told from packages of its own", () => {
    expect(isBorrowed(folder)).toBe(false);
    write("theirs/node_modules/a/package.json");
    expect(isBorrowed(path.join(folder, "theirs"))).toBe(false);
    symlinkSync("theirs/node_modules", path.join(folder, "node_modules"));
    expect(isBorrowed(folder)).toBe(true);
  });

  test("a bare clone has nothing installed, nor has an interrupted installation", () => {
    expect(isInstalled(folder)).toBe(false);
    write("node_modules/a/package.json", {});
    expect(isInstalled(folder)).toBe(false);
  });

  test("a lock that asks for another version, or for one more package, is not satisfied", () => {
    record({ "node_modules/a": { version: "0.9.0", integrity: "sha512-b" } });
    expect(isInstalled(folder)).toBe(false);
    record(installed);
    write("package-lock.json", { packages: { ...wanted, "node_modules/b": { version: "2.0.0" } } });
    expect(isInstalled(folder)).toBe(false);
  });

  test("an optional package of another version than the lock's is not satisfied either", () => {
    record({ ...installed, "node_modules/for-another-platform": { version: "0.9.0", optional: true } });
    expect(isInstalled(folder)).toBe(false);
  });
});

describe("whether the demo has to be built again", () => {
  const at = (file: string, seconds: number) => utimesSync(file, seconds, seconds);

  test("when it never was, or when a source is newer; what the build itself writes does not count", () => {
    const marker = path.join(folder, "app/.next/BUILD_ID");
    const app = path.join(folder, "app");
    const page = write("app/pages/index.tsx");
    const outputs = ["app/.next/types/routes.ts", "app/next-env.d.ts", "app/tsconfig.tsbuildinfo"].map((name) =>
      write(name),
    );
    at(page, 1000);
    for (const output of outputs) at(output, 3000);
    expect(isStale(marker, [app])).toBe(true);
    write("app/.next/BUILD_ID");
    at(marker, 2000);
    expect(isStale(marker, [app, path.join(folder, "missing")])).toBe(false);
    at(page, 2001);
    expect(isStale(marker, [app])).toBe(true);
  });
});

describe("the summary", () => {
  test("a file that could not be loaded is a failure, although no test of it failed", () => {
    const report = {
      numPassedTests: 7,
      numFailedTests: 2,
      numPendingTests: 1,
      numTodoTests: 1,
      testResults: [
        { status: "failed", assertionResults: [{ status: "failed" }] },
        { status: "failed", assertionResults: [] },
        { status: "passed", assertionResults: [{ status: "passed" }] },
      ],
    };
    expect(countTests(report)).toEqual({ passed: 7, failed: 3, skipped: 2 });
  });

  test("one line says it all, skips only when there are some", () => {
    expect(summaryLine({ passed: 12, failed: 0, skipped: 0 })).toBe("12 passed, 0 failed");
    expect(summaryLine({ passed: 12, failed: 1, skipped: 2 })).toBe("12 passed, 1 failed, 2 skipped");
  });

  test("a program's own summary is read from its last line alone", () => {
    expect(countsIn("9 passed, 9 failed\n... \n12 passed, 1 failed\n")).toEqual({ passed: 12, failed: 1, skipped: 0 });
    expect(countsIn("3 passed, 0 failed, 4 skipped")).toEqual({ passed: 3, failed: 0, skipped: 4 });
    expect(countsIn("12 passed, 1 failed\nand then it crashed\n")).toBeUndefined();
    expect(addCounts({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 })).toEqual({
      passed: 11,
      failed: 22,
      skipped: 33,
    });
  });
});

"""Draws up the table of explored programs: of reports N.json and N.about in a folder.

Prints it, or writes it between the marks of a page.
"""
import json
import pathlib
import shlex
import sys

BAD = ["signal", "hang", "spin", "descriptor", "children"]
OTHERS = ["silent", "different", "goes-on", "not-reached", "recovered", "clean", "unaffected"]
WORDS = {"signal": "killed by a signal", "hang": "hangs", "spin": "spins",
         "descriptor": "keeps a descriptor", "children": "leaves children"}
BEGIN, END = "<!-- explored: begin -->", "<!-- explored: end -->"


def code(text):
    return "`" + text.replace("|", "\\|") + "`"


def explored(folder):
    reports = sorted(folder.glob("*.json"), key=lambda each: int(each.stem))
    for each in reports:
        about = each.with_suffix(".about").read_text().splitlines()
        text = each.read_text().replace(str(folder), "F")
        yield about[0], about[1].replace(str(folder), "F"), json.loads(text)


def table(folder):
    kinds = BAD + OTHERS
    lines = ["| program | package | device | points | " + " | ".join(kinds) + " |",
             "| --- | --- | --- | ---: |" + " ---: |" * len(kinds)]
    told = []
    programs = points = 0
    for package, device, report in explored(folder):
        programs += 1
        points += report["points"]
        program = shlex.join(report["program"])
        counts = [str(report["outcomes"].get(each, "")) for each in kinds]
        lines.append(f"| {code(program)} | {package} | {code(device)} | {report['points']} | "
                     + " | ".join(counts) + " |")
        for each in BAD:
            found = [one for one in report["findings"] if one["outcome"] == each]
            if found:
                where = ", ".join(one["place"] for one in found)
                word = ": " + found[0]["word"] if "word" in found[0] else ""
                told.append(f"- {code(program)} {WORDS[each]} at {where}{word}\n\n"
                            f"  ```\n  {found[0]['replay']}\n  ```\n")
    return "\n".join(lines) + "\n\n" + "\n".join(told), programs, points


def main():
    text, programs, points = table(pathlib.Path(sys.argv[1]))
    if len(sys.argv) > 2:
        page = pathlib.Path(sys.argv[2])
        old = page.read_text()
        before, rest = old.split(BEGIN)
        page.write_text(before + BEGIN + "\n" + text + END + rest.split(END)[1])
    else:
        print(text)
    print(f"explored: {programs} programs, {points} points")


main()

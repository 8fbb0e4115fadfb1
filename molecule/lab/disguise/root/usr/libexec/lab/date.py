"""BSD's date -j -f FORMAT TEXT [+FORMAT]: reads a time and prints it in another form."""

import getopt
import sys
import time


def main(arguments):
    try:
        options, rest = getopt.getopt(arguments, "jnuf:")
        given = dict(options)
        moment = time.strptime(rest[0], given["-f"])
    except (getopt.GetoptError, KeyError, IndexError, ValueError) as error:
        print(f"date: {error}", file=sys.stderr)
        print("usage: date [-jnRu] [-f input_fmt new_date] [+output_fmt]", file=sys.stderr)
        return 1
    print(time.strftime(rest[1][1:] if len(rest) > 1 else "%a %b %d %T %Z %Y", moment))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

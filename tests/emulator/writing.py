"""Requests that write, and what a reply to one says."""


def written(function, *objects):
    return f"<{function}>{''.join(objects)}</{function}>"


def element(name, **fields):
    return f"<{name}>{''.join(f'<{field}>{text}</{field}>' for field, text in fields.items())}</{name}>"


def delete(name, keys):
    return f"<delete><object>{name}</object><keys>{keys}</keys></delete>"


def results(reply):
    return reply.root.findall("operation/result")


def status(reply):
    return [result.findtext("status") for result in results(reply)]


def keys(reply, place=0):
    """The keys a result names: by element."""
    return [(each.tag, {key.tag: key.text for key in each}) for each in results(reply)[place].find("data")]


def errors(reply, place=0):
    """Numbers and words of a result's errors, without support ids."""
    found = results(reply)[place].findall("errormessage/error")
    return [(each.findtext("errorno"), each.findtext("description2").partition(" [Support")[0]) for each in found]


def refusal(reply, place=0):
    """The words of the first error, which is the particular one."""
    return errors(reply, place)[0][1]


def where(field, value):
    return f"<filter><equalto><field>{field}</field><value>{value}</value></equalto></filter>"

"""Laws that hold for every package of rules, in Chinese."""

from typing import Final

LAWS: Final[dict[str, str]] = {
    "law.broken": "规则包 `{package}` 不符合通则 `{law}`：",
    # What each law says.
    "law.learning": "已经确定的处理意见，不因再查明一项事实而改变。",
    "law.order": "条目、文件、规则包的先后次序不影响处理意见。",
    "law.irrelevance": "本案所涉规则均未提及的事实，不影响处理意见。",
    "law.leniency": "增加一项从宽条目，处理意见不会因此加重。",
    "law.exemption": "具有应当不予处罚的法定事由的，任何其他情节均不能改变。",
    "law.fines": "罚款均在法定幅度以内，只有减轻处罚才可以低于法定下限。",
    "law.place": "规则在其适用地域以外不影响任何处理意见。",
    "law.writing": "条件、案件、处理意见写出之后再读入，内容不变。",
    "law.replay": "凭留痕可以再次得出同一处理意见，所述理由与结论一致。",
    "law.citation": "已经确定的处理意见均有条文依据，理由所依据的条目均已成立。",
    "law.answers": "已经回答的问题不再询问。",
    "law.completion": "问题全部回答之后，处理意见即告确定，或者属于宽严情节并存。",
    # What went wrong.
    "law.learning.broken": "不知道“{fact}”时处理意见已经确定（{before}），知道后 {parts} 却不同（{after}）。",
    "law.order.broken": "次序颠倒后 {parts} 不同；此处所列预期为颠倒后的结果。",
    "law.irrelevance.broken": "条目、罚则、义务均未提及 {facts}，去掉后 {parts} 却不同。",
    "law.leniency.broken": "有从宽条目 `{rule}` 时处理意见（{after}）重于没有该条目时（{before}）；此处所列预期为没有该条目时的结果。",
    "law.exemption.broken": "`{rule}` 规定应当不予处罚且已成立，处理意见却不是应当不予处罚（{said}）。",
    "law.fines.broken": "罚款为“{fine}”（{said}），超出法定幅度所允许的范围。",
    "law.place.broken": "案件发生在 {region}，去掉适用于其他地方的规则后 {parts} 不同；此处所列预期为去掉后的结果。",
    "law.writing.broken": "再读入的内容与写出的不同：{what}。",
    "law.replay.broken": "凭留痕再次计算，{parts} 不一致。",
    "law.citation.broken": "处理意见（{said}）没有条文依据，或者所依据的条目并未成立。",
    "law.answers.broken": "案件已经写明，却仍在询问：{facts}。",
    "law.completion.broken": "已经没有可问的问题，处理意见却不完整（{said}）：{parts}。",
    "law.said.open": "尚未确定",
    "law.said.contested": "宽严情节并存",
    # What a case may have said only later, besides facts.
    "law.learnt.priors": "既往违法记录的查询结果",
    "law.learnt.kind": "当事人类型",
    "law.learnt.age": "当事人年龄",
    "law.learnt.birth_date": "出生日期",
    "law.learnt.committed": "违法行为发生的确切日期",
    "law.learnt.discovered": "发现的确切日期",
    "law.learnt.filed": "立案的确切日期",
    "law.learnt.notified": "告知的确切日期",
    "law.learnt.decided": "作出决定的确切日期",
    # Whether the cases come to the rules.
    "law.reach": "所拟案件涉及规则包的条目，且有条目成立。",
    "law.reach.none": "`{package}` 没有自己的条目，无需检查。",
    "law.reach.unspoken": "拟出 {count} 件案件，`{package}` 的条目无一涉及，通则对其未起检验作用：{rules}。",
    "law.reach.unheld": "拟出 {count} 件案件，`{package}` 的条目无一成立，通则对其检验不足；未涉及的条目：{rules}。",
}
